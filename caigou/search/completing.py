"""What the search box may complete: short texts that stand in the index beside the goods that have them.

Such a text is its kind, a blank, what is typed to get it and, after a tab, what is meant where that differs:
``w glass jar`` (words), ``p bolibei⇥玻璃杯`` (words by their sound), ``s kiln⇥1a2b`` (a supplier's public id) and
``c mugs⇥`` (a category's slug, to ask how many goods it has). Decision 0026 says why they stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from caigou.search.analysis import STOPWORDS
from caigou.search.lexicon import Lexicon, Token, lexicon
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
        found = dict(_phrases(book, book.tokens(title), translate=not other))
        shown.update(list(found.items())[:MOST])
    texts = [text for key, words in shown.items() for text in _texts(key, words)]
    texts += [f"{CATEGORY}{slug}{MEANS}" for slug in categories]
    return texts if supplier is None else [*texts, *_supplier_texts(*supplier)]


def _texts(key: str, words: str) -> Iterator[str]:
    if len(key) > LONGEST:
        return
    yield f"{WORDS}{key}" if key == words else f"{WORDS}{key}{MEANS}{words}"
    if sound := sound_of(words):
        yield f"{SOUND}{sound}{MEANS}{words}"


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
        span = tokens[start:end]
        meanings = book.meanings(tuple(token.key for token in span)) if start in known else ()
        pair = _pair(span, [word for meaning in meanings for word in meaning.english])
        is_thing = any(meaning.kind == "product" for meaning in meanings)
        is_worth = len(span) > 1 or _is_worth(span[0])
        if is_worth:
            yield pair
        if len(span) > 1:
            yield from ((token.text, token.text) for token in span if _is_worth(token))
        if is_thing and before[0]:
            blank = "" if span[0].is_han and tokens[start - 1].is_han else " "
            yield before[0] + blank + pair[0], before[1] + blank + pair[1]
        if is_thing and translate:
            other = meanings[0].english[0] if span[0].is_han else meanings[0].chinese[0]
            yield key_of(other), other
        start, before = end, pair if is_worth else ("", "")


def _pair(span: Sequence[Token], english: Sequence[str]) -> tuple[str, str]:
    """Return what is typed and what is shown; the lexicon writes "t-light", what is typed has no hyphen."""
    typed = _joined(span)
    return typed, next((word for word in english if key_of(word) == typed), typed)


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
            typed.update(dict.fromkeys(key[:LONGEST] for key in (rest, sound_of(rest)) if key))
    return tuple(f"{SUPPLIER}{key}{MEANS}{public_id}" for key in typed)
