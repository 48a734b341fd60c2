"""What the search box may complete: short texts that stand in the index beside the goods that have them.

Such a text is its kind, a blank, what is typed to get it and, after a tab, what is meant where that differs:
``w glass jar`` (words), ``p bolibei⇥玻璃杯`` (Chinese words by their sound), ``s kiln⇥1a2b`` (a supplier's public id)
and ``c mugs⇥`` (a category's slug, to ask how many goods it has). Chinese that has a sound stands there by it alone:
who types 玻璃 asks for ``p boli`` and keeps what is written so. Decision 0026 says why they stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from caigou.search.analysis import STOPWORDS
from caigou.search.lexicon import REMEMBERED, Lexicon, Token, lexicon
from caigou.search.sounds import syllables
from caigou.search.text import normalise, runs

#: Kinds, as they begin a text of the index.
WORDS, SOUND, SUPPLIER, CATEGORY = "w ", "p ", "s ", "c "
#: Between what is typed and what is meant.
MEANS = "\t"
#: Longer ones nobody finishes typing.
LONGEST = 60
#: A title gives at most so many; who lists every word of the language gets no more.
MOST = 24
#: Of a supplier's name, so many words may be typed first: a place often stands before the name itself.
FIRST_WORDS = 2


def key_of(text: str) -> str:
    """Return ``text`` as it is typed to be completed: one spelling, words apart by one blank.

    >>> key_of("T-Light  HOLDER"), key_of("玻璃杯 "), key_of("!")
    ('t light holder', '玻璃杯', '')
    """
    return " ".join(han or other for han, other in runs(normalise(text)))


def sound_of(han: str) -> str:
    """Return what is typed to get Chinese words by their sound, empty where it isn't known.

    >>> sound_of("玻璃杯")
    'bolibei'
    """
    return "".join(syllables(han))


def completions_of(
    *, title_en: str, title_zh: str, categories: Iterable[str] = (), supplier: tuple[str, str, str] | None = None
) -> list[str]:
    """Return the texts under which a product is completed, each once.

    ``categories`` are slugs, ``supplier`` is the public id and the names in English and Chinese. A title that stands
    in one language only gives the words of the lexicon for what it names in the other one.
    """
    book = lexicon()
    shown: dict[str, str] = {}
    for title, other in ((title_en, title_zh), (title_zh, title_en)):
        found = dict(_phrases(book, book.title(title), translate=not other))
        shown.update(islice(found.items(), MOST))
    texts = [_text(key, words) for key, words in shown.items() if len(key) <= LONGEST]
    texts += [f"{CATEGORY}{slug}{MEANS}" for slug in categories]
    return texts if supplier is None else [*texts, *_supplier_texts(*supplier)]


@lru_cache(maxsize=REMEMBERED)
def _text(key: str, words: str) -> str:
    if sound := sound_of(words):
        return f"{SOUND}{sound}{MEANS}{words}"
    return f"{WORDS}{key}" if key == words else f"{WORDS}{key}{MEANS}{words}"


# --- words ------------------------------------------------------------------------------------------------------------
def _joined(tokens: Sequence[Token]) -> str:
    """Write words side by side: Chinese ones without a blank between them."""
    text = tokens[0].text if tokens else ""
    for before, token in pairwise(tokens):
        text += token.text if before.is_han and token.is_han else f" {token.text}"
    return text


def _phrases(book: Lexicon, tokens: Sequence[Token], *, translate: bool) -> Iterator[tuple[str, str]]:
    """Yield what a title says, as (typed, shown): its words and known phrases, and each thing with the word before it.

    A thing is a word or phrase that the lexicon knows as a product: "steel lunch box" is asked for, "blue steel" isn't.
    """
    known = dict(book.spans(tuple(token.key for token in tokens)))
    start, before = 0, ("", "")
    while start < len(tokens):
        end = known.get(start, start + 1)
        span = _span(tuple(tokens[start:end]), start in known)
        yield from span.said
        if span.is_thing and before[0]:
            blank = "" if tokens[start].is_han and tokens[start - 1].is_han else " "
            shown_blank = "" if tokens[start].is_han or tokens[start - 1].is_han else " "
            yield before[0] + blank + span.whole[0], before[1] + shown_blank + span.whole[1]
        if span.is_thing and translate:
            yield span.translated
        start, before = end, span.whole if span.said else ("", "")


class _Span(NamedTuple):
    """A word or known phrase, as pairs of (typed, shown): whole, all that is said by it, in the other language."""

    whole: tuple[str, str]
    said: tuple[tuple[str, str], ...]
    is_thing: bool = False
    translated: tuple[str, str] = ("", "")


@lru_cache(maxsize=REMEMBERED)
def _span(tokens: tuple[Token, ...], is_known: bool) -> _Span:
    """Return what a span says; a catalogue says the same things again and again."""
    meanings = lexicon().meanings(tuple(token.key for token in tokens)) if is_known else ()
    typed = _joined(tokens)
    # The lexicon writes "t-light" and "T恤"; what is typed has no hyphen and a gap.
    written = (word for meaning in meanings for word in (*meaning.english, *meaning.chinese))
    whole = typed, next((word for word in written if key_of(word) == typed), typed)
    said = [(token.text, token.text) for token in tokens if _is_worth(token)]
    if len(tokens) > 1:
        said.insert(0, whole)
    things = [meaning for meaning in meanings if meaning.kind == "product"]
    if not things:
        return _Span(whole, tuple(said))
    other = things[0].english[0] if tokens[0].is_han else things[0].chinese[0]
    return _Span(whole, tuple(said), is_thing=True, translated=(key_of(other), other))


def _is_worth(token: Token) -> bool:
    """Whether one word alone is a help: not a number, a code, or a word that says nothing."""
    long = 2 if token.is_han else 3
    return len(token.text) >= long and token.text not in STOPWORDS and not any(sign.isdigit() for sign in token.text)


# --- suppliers --------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=2_000)
def _supplier_texts(public_id: str, name_en: str, name_zh: str) -> tuple[str, ...]:
    """Return the texts of a supplier; its goods come one after the other, so they are remembered."""
    typed: dict[str, None] = {}
    for name in (name_en, name_zh):
        tokens = lexicon().tokens(name)
        for start in range(min(FIRST_WORDS, len(tokens))):
            rest = _joined(tokens[start:])
            typed[(sound_of(rest) or rest)[:LONGEST]] = None
    return tuple(f"{SUPPLIER}{key}{MEANS}{public_id}" for key in typed)
