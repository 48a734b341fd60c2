"""Why does a product stand where it stands among the results, and why isn't it found? In a trader's words (F4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, ProductStatus
from caigou.console.why_filters import Passed, passed_filters
from caigou.kernel.errors import BadInput
from caigou.search.analysis import Term
from caigou.search.ports import DEEPEST, Contribution, IndexNotReady, Query
from caigou.search.services import Why, explain, read_query, write_query
from caigou.search.sounds import MARK
from caigou.ui.formats import format_number

_LONGEST = 200
#: Further ways to say a word that are shown; most have fewer.
_WAYS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a sum: ``share`` is 0 to 100 of the longest one."""

    word: str
    figure: float
    share: int
    #: How the word was searched, and whether the product has it so.
    ways: Sequence[tuple[str, bool]] = ()
    #: What it means that the figure is 0.
    lacks: str = ""


@require_safe
@access(STAFF)
def why(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Explain the place of one product among the answers to one query."""
    goods = Product.objects.visible_to(request.actor).for_cards()
    product = get_object_or_404(goods, public_id=public_id)
    mistake = ""
    try:
        query = read_query(request.GET.get("query", "") or "{}")
    except BadInput as error:
        query, mistake = Query(), str(error)
    if "q" in request.GET:
        query = replace(query, text=" ".join(request.GET["q"].split())[:_LONGEST])
    context: dict[str, Any] = {
        "product": product,
        "q": query.text,
        "query": write_query(query),
        "exact": "yes" in request.GET.getlist("exact"),
        "mistake": mistake,
    }
    try:
        context |= _told(explain(query, product, exact=context["exact"]), product)
    except IndexNotReady as error:
        context["mistake"] = str(error)
    return render(request, "console/why.html", context)


def _told(told: Why, product: Product) -> dict[str, Any]:
    filters = list(passed_filters(told, product))
    is_found = told.told.rank is not None
    return {
        "why": told,
        "found": is_found,
        "verdict": _place(told) if is_found else _behind(told) or _reason(told, product, filters),
        "words": list(_words(told)),
        "score": told.told.score,
        "sum": sum(one.score for one in told.told.contributions),
        "prior": list(_prior(told)),
        "filters": filters,
    }


def _number(number: int) -> str:
    return format_number(number, get_language() or "en")


def _place(told: Why) -> str:
    place = {"place": _number(told.told.rank or 0), "total": _number(told.told.total)}
    return _("Found: place %(place)s of %(total)s.") % place


def _behind(told: Why) -> str:
    """Return why it stands behind a short page, nothing where it doesn't."""
    if told.behind is None:
        return ""
    if told.nearness is None:
        sentence = _("Behind the goods found, at place %(place)s: it has some of the words.")
    else:
        sentence = _("Behind the goods found, at place %(place)s: its title is close in meaning, %(share)s of 100.")
    return sentence % {"place": _number(told.behind), "share": _number(round(100 * (told.nearness or 0)))}


def _reason(told: Why, product: Product, filters: list[Passed]) -> str:
    """Return why nobody finds it: the first of the reasons that hold, for the others follow from it."""
    if not told.told.held:
        if product.status != ProductStatus.LISTED:
            return _("Not found: it isn't on the market.")
        if told.waits:
            return _("Not found yet: it changed a moment ago, and the search index follows within seconds.")
        return _("Not found: the search index doesn't hold it. Rebuild the index.")
    if not told.told.matched:
        met = sum(1 for one in told.told.contributions if one.kind == "word" and one.score)
        needed = {"met": _number(met), "needed": _number(told.needed)}
        return _("Not found: it has %(met)s of the words, and %(needed)s are needed.") % needed
    failed = sum(1 for one in filters if not one.passes)
    if failed:
        count = {"count": _number(failed)}
        return (
            ngettext("Not found: it fails %(count)s filter.", "Not found: it fails %(count)s filters.", failed) % count
        )
    return _("Found, but beyond place %(deepest)s, where nobody looks.") % {"deepest": _number(DEEPEST)}


def _words(told: Why) -> Iterator[Bar]:
    """Yield a line for each word of the query, then what else the engine adds."""
    terms = {term.token.text: term for term in (*told.asked.required, *told.asked.optional)}
    longest = max((one.score for one in told.told.contributions), default=0.0)
    for one in told.told.contributions:
        yield _bar(one, terms.get(one.word), longest)


def _bar(one: Contribution, term: Term | None, longest: float) -> Bar:
    names = {"all": _("All of the words"), "other": _("Words side by side, and the like")}
    lacks = {"word": _("It doesn't have this word."), "all": _("It doesn't have all of them.")}
    met = {way.words for way in one.ways}
    ways = [] if term is None else [(_shown(way.words), way.words in met) for way in term.ways]
    known = {way.words for way in term.ways} if term else set()
    ways += [(_shown(way.words), True) for way in one.ways if way.words not in known]
    return Bar(
        names.get(one.kind, one.word),
        one.score,
        _share(one.score, longest),
        ways=sorted(ways, key=lambda way: not way[1])[:_WAYS],
        lacks="" if one.score else lacks.get(one.kind, _("It doesn't have this word, which isn't needed.")),
    )


def _shown(words: Sequence[str]) -> str:
    """Return the words of one way; those by sound stand in the index behind a mark."""
    return " + ".join(word.removeprefix(MARK) for word in words)


def _prior_word(name: str) -> str:
    words = {
        "verified": _("Checked papers of the supplier"),
        "sold": _("Sold on this market"),
        "fresh": _("Listed or changed lately"),
        "complete": _("How much is stated about it"),
    }
    return words.get(name, name)


def _prior(told: Why) -> Iterator[Bar]:
    """Yield the parts of the quality; where the index holds an older one, the difference, too."""
    rest = told.told.quality - sum(told.prior.values())
    longest = max((*told.prior.values(), abs(rest)), default=0.0)
    for name, value in told.prior.items():
        yield Bar(_prior_word(name), value, _share(value, longest))
    if told.prior and abs(rest) > 0.001:
        yield Bar(_("Different when it was indexed"), rest, _share(abs(rest), longest))


def _share(value: float, longest: float) -> int:
    return round(100 * value / longest) if longest > 0 and value > 0 else 0
