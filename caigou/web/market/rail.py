"""The filters beside the results, each with what it would find, and the words of those that are set (F5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from caigou.catalogue.tree import tree
from caigou.kernel.money import Money
from caigou.search.ports import PRICE_BUCKETS
from caigou.search.services import FacetValue, Query, Results
from caigou.ui.formats import format_money, format_money_range, format_number
from caigou.ui.shapes import Bar, Facet, Option
from caigou.web.market.asked import ANY_PRICE

#: Values of a filter that are shown at once; more open on request.
SHOWN = 7


@dataclass(frozen=True, slots=True)
class Chosen:
    """One filter that is set: its words, and the parameters that set it."""

    facet: str
    word: str
    names: tuple[str, ...]


def facets(found: Results, *, shelf: str = "", typed: Mapping[str, str] | None = None) -> list[Facet]:
    """Return the rail of filters with the counts that each choice would have; ``shelf``: the page's own category.

    ``typed`` is what was written into the fields of the price and can't be read.
    """
    query = found.query
    shown = [_price_facet(found, typed or {}), _category_facet(found, shelf), _moq_facet(query, found.facets["moq"])]
    shown += [_many(found, "qualification", _("Supplier")), _many(found, "kind", _("Kind of supplier"))]
    shown.append(_many(found, "province", _("Origin")))
    countries = _many(found, "country", _("Country"))
    if len(countries.options) > 1 or query.countries:
        shown.append(countries)
    shown.append(_must_have(found))
    shown.append(_one(found, "lead", _("Time to make"), free=query.lead_max is None))
    shown.append(_one(found, "rating", _("Rating at the source"), free=query.rating_min is None))
    currencies = found.facets["currency"]
    if len(currencies) > 1:
        options = [Option(v.value, v.label, v.count, v.chosen) for v in currencies]
        options.append(Option("", _("any"), None, not query.asks_price))
        shown.append(Facet("currency", _("Currency"), "one", options))
    return [facet for facet in shown if facet.kind == "range" or facet.options]


def _one(found: Results, name: str, title: str, *, free: bool) -> Facet:
    """One of several limits; the last option sets none."""
    options = [Option(v.value, v.label, v.count, v.chosen) for v in found.facets[name]]
    if options:
        options.append(Option("", _("any"), None, free))
    return Facet(name, title, "one", options)


def _must_have(found: Results) -> Facet:
    """What a product must come with: each is a parameter of its own."""
    names = ("sample", "own_logo")
    options = [Option(v.value, v.label, v.count, v.chosen, name=name) for name in names for v in found.facets[name]]
    return Facet("has", _("Must have"), "many", options)


def _category_facet(found: Results, shelf: str) -> Facet:
    """What is directly below the category that is looked at, the fullest first; the tops where none is."""
    values = {value.value: value for value in found.facets["category"]}
    chosen = [value.value for value in values.values() if value.chosen and value.value != shelf]
    at = shelf or (chosen[0] if len(chosen) == 1 else "")
    below = [values[branch.slug] for branch in tree().below(at) if branch.slug in values]
    below.sort(key=lambda value: -value.count)
    others = [values[slug] for slug in chosen if values[slug] not in below]
    options = [Option(v.value, v.label, v.count, v.chosen) for v in [*others, *below]]
    return Facet("category", _("Category"), "many", options, first=max(SHOWN, len(chosen)))


def _moq_facet(query: Query, values: Sequence[FacetValue]) -> Facet:
    options = [Option(value.value, value.label, value.count, value.chosen) for value in values]
    if options:
        options.append(Option("", _("any"), None, query.moq_max is None))
    return Facet("moq", _("Smallest order"), "one", options)


def _price_facet(found: Results, typed: Mapping[str, str]) -> Facet:
    query = found.query
    bars, told, ends = _bars(found)
    title = _("Price each")
    if query.quantity:
        title = _("Price each at %(quantity)s") % {"quantity": _number(query.quantity)}
    return Facet(
        "price",
        title,
        "range",
        unit=query.currency,
        low=typed.get("price_min", "" if query.price_min == ANY_PRICE else _amount(query.price_min, query.currency)),
        high=typed.get("price_max", _amount(query.price_max, query.currency)),
        name_low="price_min",
        name_high="price_max",
        bars=bars,
        bars_told=told,
        bars_ends=ends,
    )


def _bars(found: Results) -> tuple[list[Bar], str, list[str]]:
    """Return the goods by price, from the cheapest to the dearest, in words where most lie, and both ends' prices.

    One bar says nothing that the goods don't.
    """
    query, counts = found.query, found.prices
    if len(counts) < 2:
        return [], "", []
    most = max(counts.values())
    ends = [(low, high) for low, high in pairwise([*PRICE_BUCKETS, 2 * PRICE_BUCKETS[-1]])]
    ends = [(low, high) for low, high in ends if min(counts) <= low <= max(counts)]
    bars = [Bar(-(-100 * counts.get(low, 0) // most), _is_within(query, low, high)) for low, high in ends]
    low, high = next((low, high) for low, high in ends if counts.get(low) == most)
    words = format_money_range(Money(low, query.currency), Money(high, query.currency), _language())
    whole = [format_money(Money(end, query.currency), _language()) for end in (ends[0][0], ends[-1][1])]
    return bars, _("Prices of what was found; most lie at %(range)s.") % {"range": words}, whole


def _is_within(query: Query, low: int, high: int) -> bool:
    """Whether a price from ``low`` to below ``high`` may pass the limits that are set."""
    return (query.price_max is None or low <= query.price_max) and high > (query.price_min or 0)


def _many(found: Results, name: str, title: str) -> Facet:
    options = [Option(v.value, v.label, v.count, v.chosen) for v in found.facets[name] if v.value]
    return Facet(name, title, "many", options, first=max(SHOWN, sum(option.checked for option in options)))


def chosen_filters(found: Results, *, shelf: str = "") -> list[Chosen]:
    """Return the filters that are set, as words to drop one by one; the page's own category isn't one of them."""
    query = found.query
    chosen: list[Chosen] = []
    if query.moq_max is not None:
        chosen.append(Chosen("moq", _("Smallest order up to %(most)s") % {"most": _number(query.moq_max)}, ("moq",)))
    if query.price_min is not None or query.price_max is not None:
        chosen.append(Chosen("price", _price_words(query), ("price_min", "price_max", "currency")))
    if query.lead_max is not None:
        days = ngettext("Made in %(most)s day", "Made in %(most)s days", query.lead_max)
        chosen.append(Chosen("lead", days % {"most": _number(query.lead_max)}, ("lead",)))
    if query.rating_min is not None:
        least = f"{query.rating_min // 10}.{query.rating_min % 10}"
        chosen.append(Chosen("rating", _("Rated %(least)s and more") % {"least": least}, ("rating",)))
    for name in ("category", "province", "country", "qualification", "kind", "sample", "own_logo"):
        named = [value for value in found.facets[name] if value.chosen and (name, value.value) != ("category", shelf)]
        words = " / ".join(str(value.label) for value in named)
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
        return max(counts, default=0) if one.facet in {"moq", "lead", "rating"} else sum(counts)

    return max(chosen, key=gain, default=None)


def _amount(minor: int | None, currency: str) -> str:
    return "" if minor is None else Money(minor, currency).amount


def _number(number: int) -> str:
    return format_number(number, _language())


def _language() -> str:
    return get_language() or "en"
