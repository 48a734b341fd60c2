"""What the address of a page of results asks for (F5). Everything is in it: a result can be kept and sent on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from caigou.catalogue.models import Qualification, SupplierKind
from caigou.kernel.errors import DomainError
from caigou.kernel.money import CURRENCIES, parse_money
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.search.services import Query
from caigou.web.market.wanted import parse_quantity

PAGE = 20
#: The lowest price that a filter can name, in minor units: what costs something at all.
ANY_PRICE = 1
_LONGEST_WORDS = 200
#: More values than this in one filter are nobody's choice.
_MOST_VALUES = 30
SORTS = ("relevance", "price", "moq", "lead", "newest", "rating")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says, as the index reads it; what of it could not be read, in words and as it was typed."""

    query: Query
    mistakes: list[str]
    #: By the name of its field.
    typed: dict[str, str]
    #: Whether the words are to be taken as they are: none corrected, none left out.
    exact: bool


def without(get: QueryDict, names: Iterable[str]) -> str:
    """Return this page's query string without these parameters, and from the first page on."""
    left = get.copy()
    for name in (*names, "page"):
        left.pop(name, None)
    return f"?{left.urlencode()}"


def filled(get: QueryDict) -> str:
    """Return the query string without the fields that were left empty."""
    left = QueryDict(mutable=True)
    for name, values in get.lists():
        left.setlist(name, [value for value in values if value])
    return left.urlencode()


def read(get: QueryDict, *, shelf: str = "") -> Asked:
    """Return the query of an address; what can't be read is left out and named, never guessed.

    ``shelf`` is the category whose page it is: all of it, unless the address chooses some of what is below it.
    """
    mistakes: list[str] = []
    named = get.get("currency", "")
    currency = named if named in CURRENCIES else WALLET_CURRENCIES.value[0]
    low = _price(get, "price_min", currency, mistakes)
    sort = get.get("sort", "")
    query = Query(
        text=" ".join(get.get("q", "").split())[:_LONGEST_WORDS],
        quantity=_whole(get, "quantity", _("The quantity is left out: write a whole number."), mistakes),
        currency=currency,
        # Naming a currency asks for goods that have a price in it, however small.
        price_min=low or (ANY_PRICE if named == currency else None),
        price_max=_price(get, "price_max", currency, mistakes),
        moq_max=_whole(get, "moq", _("The smallest order is left out: write a whole number."), mistakes),
        countries=_values(get, "country"),
        provinces=_values(get, "province"),
        qualifications=_values(get, "qualification") & set(Qualification.values),
        kinds=_values(get, "kind") & set(SupplierKind.values),
        categories=_values(get, "category") or frozenset({shelf} if shelf else ()),
        sample="yes" in get.getlist("sample"),
        own_logo="yes" in get.getlist("own_logo"),
        lead_max=_whole(get, "lead", _("The time to make is left out: write a whole number of days."), mistakes),
        rating_min=_whole(get, "rating", _("The rating is left out: choose one of those offered."), mistakes),
        with_prices=True,
        size=PAGE,
        page=max(1, parse_quantity(get.get("page")) or 1),
    )
    unread = {"quantity": query.quantity, "price_min": query.price_min, "price_max": query.price_max}
    typed = {name: get.get(name, "")[:_LONGEST_WORDS] for name, value in unread.items() if value is None}
    typed = {name: text for name, text in typed.items() if text.strip()}
    query = replace(query, sort=sort) if sort in SORTS else query  # type: ignore[arg-type]
    return Asked(query, mistakes, typed, exact="yes" in get.getlist("exact"))


def _whole(get: QueryDict, name: str, mistake: str, mistakes: list[str]) -> int | None:
    text = get.get(name, "").strip()
    number = parse_quantity(text)
    if text and not number:
        mistakes.append(mistake)
    return number or None


def _price(get: QueryDict, name: str, currency: str, mistakes: list[str]) -> int | None:
    text = get.get(name, "").strip()
    if not text:
        return None
    try:
        minor = parse_money(text, currency).minor
    except DomainError as error:
        mistakes.append(str(error))
        return None
    if minor > 0:
        return minor
    if minor < 0 or name == "price_max":  # from zero on is no limit at all, and nothing costs up to zero
        mistakes.append(_("Write an amount above zero."))
    return None


def _values(get: QueryDict, name: str) -> frozenset[str]:
    return frozenset(value for value in get.getlist(name)[:_MOST_VALUES] if 0 < len(value) <= 60)
