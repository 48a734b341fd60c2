"""What the search box may complete: short texts that stand in the index beside the goods that have them.

Such a text is its kind, a blank, what is typed to get it and, after a tab, what is meant where that differs:
``w glass jar`` (words), ``p bolibei⇥玻璃杯`` (Chinese words by their sound), ``s kiln⇥1a2b`` (a supplier's public id)
and ``c mugs⇥`` (a category's slug, to ask how many goods it has). Chinese that has a sound stands there by it alone:
who types 玻璃 asks for ``p boli`` and keeps what is written so. Decision 0026 says why they stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from caigou.search.analysis import STOPWORDS
from caigou.search.lexicon import Lexicon, Token, lexicon
from caigou.search.remembered import REMEMBERED
from caigou.search.sounds import syllables
from caigou.search.text import normalise, pieces

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
    return " ".join(pieces(normalise(text)))


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
        said = _phrases(book, book.title(title), translate=not other)
        shown.update(said if len(said) <= MOST else dict(islice(said.items(), MOST)))
    texts = [text for typed, text in shown.items() if len(typed) <= LONGEST]
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


def _phrases(book: Lexicon, tokens: Sequence[Token], *, translate: bool) -> dict[str, str]:
    """Return what a title says, texts by what is typed: its words and known phrases, and each thing with the word
    before it.

    A thing is a word or phrase that the lexicon knows as a product: "steel lunch box" is asked for, "blue steel" isn't.
    """
    ends = dict(book.spans(tuple([token.key for token in tokens])))
    found: dict[str, str] = {}
    before: _Span | None = None
    at, last = 0, len(tokens)
    while at < last:
        start, at = at, ends.get(at, at + 1)
        if start in ends:
            span = _span(tokens[start:at], is_known=True)
        elif _is_worth(tokens[start]):
            span = _span(tokens[start:at], is_known=False)
        else:
            before = None
            continue
        found.update(span.texts)
        if span.is_thing:
            if before is not None:
                typed, shown = before.followed_by(span)
                found[typed] = _text(typed, shown)
            if translate:
                found.update(span.translated)
        before = span if span.texts else None
    return found


class _Span(NamedTuple):
    """A word or known phrase, as it is typed and shown, and the texts that it gives by what is typed."""

    typed: str
    shown: str
    begins_han: bool
    ends_han: bool
    texts: dict[str, str]
    is_thing: bool
    #: What a thing is called in the other language.
    translated: dict[str, str]

    def followed_by(self, other: _Span) -> tuple[str, str]:
        """Return both side by side, as typed and as shown: what is shown has no blank beside Chinese."""
        blank = "" if self.ends_han and other.begins_han else " "
        shown_blank = "" if self.ends_han or other.begins_han else " "
        return f"{self.typed}{blank}{other.typed}", f"{self.shown}{shown_blank}{other.shown}"


@lru_cache(maxsize=REMEMBERED)
def _span(tokens: tuple[Token, ...], *, is_known: bool) -> _Span:
    """Return what a span says; a catalogue says the same things again and again."""
    meanings = lexicon().meanings(tuple(token.key for token in tokens)) if is_known else ()
    typed = _joined(tokens)
    # The lexicon writes "t-light" and "T恤"; what is typed has no hyphen and a gap.
    written = (word for meaning in meanings for word in (*meaning.english, *meaning.chinese))
    shown = next((word for word in written if key_of(word) == typed), typed)
    said = [(token.text, token.text) for token in tokens if _is_worth(token)]
    if len(tokens) > 1:
        said.insert(0, (typed, shown))
    texts = {typed: _text(typed, shown) for typed, shown in said}
    things = [meaning for meaning in meanings if meaning.kind == "product"]
    others = [thing.english[0] if tokens[0].is_han else thing.chinese[0] for thing in things[:1]]
    translated = {key_of(other): _text(key_of(other), other) for other in others}
    return _Span(typed, shown, tokens[0].is_han, tokens[-1].is_han, texts, bool(things), translated)


def _is_worth(token: Token) -> bool:
    """Whether one word alone is a help: not a number, a code, or a word that says nothing."""
    text, _key, is_han = token
    return len(text) >= (2 if is_han else 3) and text.isalpha() and text not in STOPWORDS


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
