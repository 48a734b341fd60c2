"""From a query to what answers it: where a word is unknown or nothing has all words, what was probably meant instead.

What is found for other words than those typed says so, and the exact text can always be asked for. Filters are a
choice and are never dropped. All of it happens only where a search met an unknown word or found nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from caigou.search.analysis import MAX_TERMS, understand
from caigou.search.behind import behind
from caigou.search.meaning.nearest import Nearest
from caigou.search.ports import Hits, Index, Query
from caigou.search.spelling import Reading, readings

#: A reading is taken without asking when it finds so many times what any other one with as few slips finds.
CLEARLY = 4
#: A word that more goods have is no misprint in their titles.
RARE = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What the index found, and for which words.

    ``query`` is what was searched in the end. ``corrected`` is its text where that isn't what was typed, ``suggestion``
    a text that may have been meant, while what was typed was searched. ``relaxed`` names the words of which only some
    were asked for, because no product has all of them. Each is empty in an ordinary answer.
    """

    query: Query
    hits: Hits
    corrected: str = ""
    suggestion: str = ""
    relaxed: tuple[str, ...] = ()
    #: Ids of goods to stand behind a short page, best first; in no total and no count (see ``behind``).
    more: tuple[int, ...] = ()
    #: Those of ``more`` that only their meaning brought there; the others have some of the words.
    close: frozenset[int] = frozenset()


def answer(index: Index, query: Query, *, exact: bool = False, nearest: Nearest | None = None) -> Answer:
    """Search for ``query``, for what it probably meant, or for some of its words; ``exact`` only for what it says.

    ``nearest`` brings goods near in meaning behind a short page. Raises ``IndexNotReady``.
    """
    found = _answer(index, query, exact=exact)
    if exact:
        return found
    more = behind(index, found.query, found.hits, nearest)
    return replace(found, more=more.ids, close=more.close) if more.ids else found


def _answer(index: Index, query: Query, *, exact: bool) -> Answer:
    """As ``answer``, without more than was found."""
    hits = index.search(query)
    if exact or not query.text or (hits.total and not hits.unknown):
        return Answer(query, hits)
    finds = hits.total > 0 or _total(index, query.text) > 0
    suggestion = ""
    meant = _meant(index, query.text, hits.unknown) if hits.unknown else None
    if not (hits.unknown or finds):
        meant = _misprint(index, query.text)
    if meant:
        reading, is_clear = meant
        if is_clear or not finds:
            query = replace(query, text=reading.text)
            return Answer(query, index.search(query), corrected=reading.text)
        suggestion = reading.text if reading.is_likely else ""
    return Answer(query, hits, suggestion=suggestion) if finds else _relaxed(index, query, hits)


def _total(index: Index, text: str, least: int | None = None) -> int:
    """Return how many goods ``text`` finds, whatever the filters."""
    return index.search(Query(text=text, size=1, least=least)).total


def _meant(index: Index, text: str, unknown: tuple[str, ...]) -> tuple[Reading, bool] | None:
    """Return the reading that finds goods with the fewest slips, and whether it is clear that it was meant.

    A product that has all words of a reading says more for it than many that have some.
    """
    tried = [
        (one, _total(index, one.text, least=MAX_TERMS), some)
        for one in readings(text, unknown, index)
        if (some := _total(index, one.text))
    ]
    if not tried:
        return None
    best, whole, some = min(tried, key=lambda one: (one[0].slips, -one[1], -one[2]))
    rivals = [one for one in tried if one[0] is not best and one[0].slips == best.slips]
    if whole:
        return best, not any(CLEARLY * many > whole for _one, many, _some in rivals)
    return best, best.is_likely and not any(CLEARLY * many > some for _one, _whole, many in rivals)


def _misprint(index: Index, text: str) -> tuple[Reading, bool] | None:
    """Return the reading of words that all are known, but no product has together: "pool vaccum", "weather vanes".

    Titles have misprints, too. A word is taken for one where fewer goods have it than have all words of the reading.
    """
    tried = [
        (one, whole)
        for word in (term.token.text for term in understand(text).required if not term.token.is_han)
        if (some := index.search(Query(text=word, size=RARE + 1, counted=False)).total) <= RARE
        for one in readings(text, (word,), index)
        if one.is_likely and (whole := _total(index, one.text, least=MAX_TERMS)) > some
    ]
    return (min(tried, key=lambda one: (one[0].slips, -one[1]))[0], True) if tried else None


def _relaxed(index: Index, query: Query, hits: Hits) -> Answer:
    """Ask for ever fewer of the words until goods have them, the filters as they are."""
    asked = understand(query.text)
    for least in range(asked.needed - 1, 0, -1):
        fewer = replace(query, least=least)
        found = index.search(fewer)
        if found.total:
            words = tuple(term.token.text for term in asked.required if term.token.text not in hits.unknown)
            return Answer(fewer, found, relaxed=words)
    return Answer(query, hits)
