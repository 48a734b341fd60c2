"""The page of results: what the address asks for, the filters with their counts, the goods (F4, F5).

Everything is in the address: a result can be kept, sent to a colleague, and read without JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caigou.catalogue.models import Qualification, SupplierKind
from caigou.kernel.actor import Actor
from caigou.kernel.errors import DomainError
from caigou.kernel.money import CURRENCIES, Money, parse_money
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.search.ports import DEEPEST
from caigou.search.services import FacetValue, Query, Results, find
from caigou.ui.formats import format_money, format_money_range, format_number
from caigou.ui.shapes import Facet, Option, Terms
from caigou.web.market.goods import hit_of
from caigou.web.market.quantity import parse_quantity

PAGE = 20
#: The lowest price that a filter can name, in minor units: what costs something at all.
ANY_PRICE = 1
_LONGEST_WORDS = 200
#: More values than this in one filter are nobody's choice.
_MOST_VALUES = 30
_SORTS = ("relevance", "price", "moq")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One filter that is set: its words, and the parameters that set it."""

    facet: str
    word: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says, as the index reads it, and what of it could not be read."""

    query: Query
    mistakes: list[str]


def results_page(get: QueryDict, actor: Actor | None) -> dict[str, Any]:
    """Return the context of the results page for the parameters of its address."""
    asked = read(get)
    query = asked.query
    found = find(query, actor=actor)
    chosen = [] if found.rebuilding else chosen_filters(found)
    return {
        "q": query.text,
        "find_q": query.text,
        "quantity": query.quantity,
        "sort": query.sort,
        "terms": Terms(query.quantity, href="#filter-quantity"),
        "mistakes": asked.mistakes,
        "rebuilding": found.rebuilding,
        "total": found.total,
        "also": found.also,
        "hits": [hit_of(product, query.quantity) for product in found.products],
        "facets": [] if found.rebuilding else facets(found),
        "compared": query.currency if query.asks_price and len(found.facets.get("currency", ())) > 1 else "",
        "chosen": [(one, without(get, one.names)) for one in chosen],
        "clear": without(get, [name for one in chosen for name in one.names]),
        "loosen": None if found.total else _loosen(chosen, found, get),
        "page": _pager(found),
    }


def _loosen(chosen: list[Chosen], found: Results, get: QueryDict) -> tuple[Chosen, str] | None:
    one = loosest(chosen, found)
    return None if one is None else (one, without(get, one.names))


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


def read(get: QueryDict) -> Asked:
    """Return the query of an address; what can't be read is left out and named, never guessed."""
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
        size=PAGE,
        page=max(1, parse_quantity(get.get("page")) or 1),
    )
    return Asked(replace(query, sort=sort) if sort in _SORTS else query, mistakes)  # type: ignore[arg-type]


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
        return max(0, parse_money(text, currency).minor)
    except DomainError as error:
        mistakes.append(str(error))
        return None


def _values(get: QueryDict, name: str) -> frozenset[str]:
    return frozenset(value for value in get.getlist(name)[:_MOST_VALUES] if 0 < len(value) <= 60)


def facets(found: Results) -> list[Facet]:
    """Return the rail of filters with the counts that each choice would have."""
    query = found.query
    shown = [_moq_facet(query, found.facets["moq"]), _price_facet(query)]
    currencies = found.facets["currency"]
    if len(currencies) > 1:
        options = [Option(v.value, v.label, v.count, v.chosen) for v in currencies]
        options.append(Option("", _("any"), None, not query.asks_price))
        shown.append(Facet("currency", _("Currency"), "one", options))
    shown.append(_many(found, "province", _("Origin")))
    countries = _many(found, "country", _("Country"))
    if len(countries.options) > 1 or query.countries:
        shown.append(countries)
    shown += [_many(found, "qualification", _("Qualification")), _many(found, "kind", _("Kind of supplier"))]
    return [facet for facet in shown if facet.kind == "range" or facet.options]


def _moq_facet(query: Query, values: Sequence[FacetValue]) -> Facet:
    options = [Option(value.value, value.label, value.count, value.chosen) for value in values]
    if options:
        options.append(Option("", _("any"), None, query.moq_max is None))
    return Facet("moq", _("Smallest order"), "one", options)


def _price_facet(query: Query) -> Facet:
    title = _("Price each")
    if query.quantity:
        title = _("Price each at %(quantity)s") % {"quantity": _number(query.quantity)}
    return Facet(
        "price",
        title,
        "range",
        unit=query.currency,
        low="" if query.price_min == ANY_PRICE else _amount(query.price_min, query.currency),
        high=_amount(query.price_max, query.currency),
        name_low="price_min",
        name_high="price_max",
    )


def _many(found: Results, name: str, title: str) -> Facet:
    options = [Option(v.value, v.label, v.count, v.chosen) for v in found.facets[name] if v.value]
    return Facet(name, title, "many", options)


def chosen_filters(found: Results) -> list[Chosen]:
    """Return the filters that are set, as words to drop one by one."""
    query = found.query
    chosen: list[Chosen] = []
    if query.moq_max is not None:
        chosen.append(Chosen("moq", _("Smallest order up to %(most)s") % {"most": _number(query.moq_max)}, ("moq",)))
    if query.price_min is not None or query.price_max is not None:
        chosen.append(Chosen("price", _price_words(query), ("price_min", "price_max", "currency")))
    for name in ("province", "country", "qualification", "kind"):
        words = " / ".join(str(value.label) for value in found.facets[name] if value.chosen)
        if words:
            chosen.append(Chosen(name, words, (name,)))
    return chosen


def _price_words(query: Query) -> str:
    if query.price_min == ANY_PRICE and query.price_max is None:
        return query.currency
    low, high = (
        None if minor is None else Money(minor, query.currency) for minor in (query.price_min, query.price_max)
    )
    if low is not None and high is not None and query.price_min != ANY_PRICE:
        return format_money_range(low, high, _language()) if low <= high else _("no price at all")
    if high is not None:
        return _("up to %(price)s each") % {"price": format_money(high, _language())}
    return _("from %(price)s each") % {"price": format_money(low, _language())} if low is not None else ""


def loosest(chosen: list[Chosen], found: Results) -> Chosen | None:
    """Return the filter whose removal helps most; each facet was counted without its own filter.

    What dropping the price would give isn't counted: it is proposed when dropping no other one helps.
    """

    def gain(one: Chosen) -> float:
        counts = [value.count for value in found.facets.get(one.facet, ())]
        if one.facet == "price":
            return 0.5
        return max(counts, default=0) if one.facet == "moq" else sum(counts)

    return max(chosen, key=gain, default=None)


def _pager(found: Results) -> Page[int]:
    """Return Django's page object over the places alone: the goods of this page are fetched already."""
    return Paginator(range(min(found.total, DEEPEST)), found.query.size).get_page(found.page)


def _amount(minor: int | None, currency: str) -> str:

    return "" if minor is None else Money(minor, currency).amount


def _number(number: int) -> str:
    return format_number(number, _language())


def _language() -> str:
    return get_language() or "en"
