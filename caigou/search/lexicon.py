"""The trade lexicon: English words and Chinese words of the same goods, and the segmenter that knows them.

The file ``data/lexicon.tsv`` is ours, one meaning a line, made to be edited by a trader. A changed file changes
``digest``, so that every index made with the old one counts as out of date and is rebuilt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import rjieba

from caigou.search.dictionary import PACKAGE, dictionary
from caigou.search.remembered import REMEMBERED, Remembered
from caigou.search.sounds import PACKAGE as SOUNDS
from caigou.search.sounds import alike, every_sound
from caigou.search.text import MAX_WORD, has_han, normalise, pieces, stem

LEXICON = Path(__file__).parent / "data" / "lexicon.tsv"
KINDS = frozenset({"product", "material", "colour", "attribute", "place", "trade"})
#: Words of a meaning in CC-CEDICT that say nothing.
EMPTY = frozenset(("a", "an", "the", "of", "for", "to", "in", "on", "and", "or", "with", "by", "be", "etc"))
#: No entry has more words than this.
LONGEST = 4

#: What stands between the attributes of a product, as one text.
PIECES = " ; "
#: Titles of which it is remembered how they were cut: a product is completed first and found after.
LATELY = 512

Words = tuple[str, ...]


class Token(NamedTuple):
    """One word of a text. ``key`` is what is looked up: the stem of an English word, a Chinese word itself."""

    text: str
    key: str
    is_han: bool


@lru_cache(maxsize=REMEMBERED)
def _han(word: str) -> Token:
    return Token(word, word, is_han=True)


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line of the lexicon; the usual word of each language comes first."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    kind: str
    english_keys: tuple[Words, ...]
    chinese_keys: tuple[Words, ...]


class BadLexicon(ValueError):
    """A line of the lexicon that can't be read; the message names the line."""


class Row(NamedTuple):
    """One line of the file as it is written."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    kind: str
    #: Phrases of either language in which these words don't mean this: a suction cup is no cup.
    never: tuple[str, ...] = ()


def read_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Yield each line; raises ``BadLexicon`` for a broken one."""
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.rstrip("\n").split("\t")]
        words = [tuple(word.strip() for word in cell.split("|")) for cell in cells]
        if len(cells) not in {3, 4} or not all(word for cell in words for word in cell):
            raise BadLexicon(
                f"line {number}: write English, Chinese, the kind and, where needed, phrases in which the words"
                " don't mean this, separated by tabs"
            )
        if cells[2] not in KINDS:
            raise BadLexicon(f"line {number}: the kind is {cells[2]!r}, it must be one of {', '.join(sorted(KINDS))}")
        row = Row(words[0], words[1], cells[2], words[3] if len(cells) == 4 else ())
        if both := {*row.english, *row.chinese} & {*row.never}:
            raise BadLexicon(f"line {number}: {min(both)!r} can't mean this and not mean it")
        yield row


class Reading(NamedTuple):
    """What the lexicon sees in a title."""

    #: Words of the other language for the longest known phrases, each once: they give the sense.
    glosses: dict[str, None]
    #: Words that belong to no known phrase.
    unknown: list[str]
    #: Words that stand only in phrases in which they don't mean what they mean elsewhere.
    misleading: set[str]


class Lexicon:
    """Segments text into tokens and answers what a run of tokens means."""

    def __init__(self, lines: Sequence[str], *, segmenter: rjieba.Jieba | None = None) -> None:
        """Read ``lines``; ``segmenter`` learns their words, without one a segmenter of its own does."""
        made_of = "\n".join((*lines, *(version(name) for name in (PACKAGE, SOUNDS))))
        self.digest = hashlib.sha256(made_of.encode()).hexdigest()[:12]
        self._jieba = segmenter or rjieba.Jieba()
        rows = list(read_rows(lines))
        for row in rows:
            for word in (*row.chinese, *row.never):
                self._teach(word)
        remember = lru_cache(maxsize=REMEMBERED)
        #: What the pieces of a text are cut into, and the keys by which they are indexed.
        self._cut = Remembered(self._cut_anew)
        #: The words of a stretch of simplified Chinese, with the shorter ones inside them.
        self.inner = Remembered(self._inner_anew)
        self._attribute = remember(lambda text: tuple(self.keys(text)))
        self.parts = remember(self._parts_anew)
        # A title is cut for what completes it and for the words that find it, the one right after the other.
        lately = lru_cache(maxsize=LATELY)
        self.title = lately(lambda text: tuple(self.tokens(text)))
        self.spans = lately(self._spans_anew)
        self.further = remember(self._further_anew)
        self._meanings: dict[Words, list[Meaning]] = {}
        #: What the words of a phrase don't mean in it.
        self._never: dict[Words, list[Meaning]] = {}
        #: How many words the phrases have that begin with a word, the longest first.
        self._lengths: dict[str, tuple[int, ...]] = {}
        for row in rows:
            self._add(row)
        self._wrong = {keys: _single_words(never) for keys, never in self._never.items()}
        self._phrases = frozenset((*self._meanings, *self._never))
        self._glosses = {
            keys: _other_language(keys, known, self._wrong.get(keys, frozenset()))
            for keys, known in self._meanings.items()
        }

    def _teach(self, word: str) -> None:
        """Let the segmenter keep ``word`` whole: 旗串 would fall apart without."""
        for piece in pieces(normalise(word)):
            if len(piece) > 1 and has_han(piece) and not self._jieba.has_word(piece):
                self._jieba.add_word(piece, None, None)

    def _add(self, row: Row) -> None:
        english_keys = tuple(self._key(word) for word in row.english)
        chinese_keys = tuple(self._key(word) for word in row.chinese)
        meaning = Meaning(row.english, row.chinese, row.kind, english_keys, chinese_keys)
        for key in dict.fromkeys((*english_keys, *chinese_keys)):
            self._meanings.setdefault(key, []).append(meaning)
            self._note_length(key)
        for key in (self._key(phrase) for phrase in row.never):
            self._never.setdefault(key, []).append(meaning)
            self._note_length(key)

    def _note_length(self, key: Words) -> None:
        for first in key[:1] if len(key) <= LONGEST else ():
            self._lengths[first] = tuple(sorted({*self._lengths.get(first, ()), len(key)}, reverse=True))

    def _key(self, word: str) -> Words:
        return tuple(token.key for token in self.tokens(word))

    # --- cutting ------------------------------------------------------------------------------------------------
    def tokens(self, text: str) -> list[Token]:
        """Return the words of ``text``."""
        return [token for piece in pieces(normalise(text)) for token in self._cut[piece]]

    def _cut_anew(self, piece: str) -> tuple[Token, ...]:
        if has_han(piece):
            return tuple(_han(word[:MAX_WORD]) for word in self._jieba.cut(piece))
        word = piece[:MAX_WORD]
        return (Token(word, stem(word), is_han=False),)

    def keys(self, text: str) -> list[str]:
        """Return the keys of ``text`` as it is indexed: also those of the shorter words inside long Chinese ones."""
        return [key for piece in pieces(normalise(text)) for key in self.inner[piece]]

    def _inner_anew(self, piece: str) -> Words:
        if has_han(piece):
            return tuple(word[:MAX_WORD] for word in self._jieba.cut_for_search(piece))
        return (self._cut[piece][0].key,)

    def keys_of_pieces(self, text: str) -> list[str]:
        """Return ``keys`` of short texts that come again and again, such as attributes."""
        return [key for piece in text.split(PIECES) for key in self._attribute(piece)]

    # --- sound ------------------------------------------------------------------------------------------------------
    def is_word(self, han: str) -> bool:
        """Say whether the segmenter's dictionary has a Chinese word; it also makes up words that nobody knows."""
        return len(han) > 1 and self._jieba.has_word(han)

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        """The Chinese words of two characters or more by what nobody hears otherwise; made when first asked for."""
        found: dict[str, list[str]] = {}
        words = dict.fromkeys(key[0] for key in self._meanings if len(key) == 1 and has_han(key[0]))
        for word in words:
            for sound in every_sound(word) if len(word) > 1 else ():
                found.setdefault(alike(sound), []).append(word)
        return found

    def sounding(self, sound: str, *, exactly: bool = False) -> list[str]:
        """Return the words that sound exactly so; without any, those that many say alike, unless ``exactly``."""
        words = self._by_sound.get(alike(sound), [])
        exact = [word for word in words if sound in every_sound(word)]
        return exact if exact or exactly else words

    # --- meaning ------------------------------------------------------------------------------------------------
    def meanings(self, keys: Words) -> Sequence[Meaning]:
        """Return what these words mean together, nothing when the lexicon doesn't know them."""
        return self._meanings.get(keys, ())

    def senses(self, key: str, within: Words) -> list[Meaning]:
        """Return what a word may mean by itself in the phrase ``within``."""
        never = self._never.get(within, ())
        return [meaning for meaning in self.meanings((key,)) if meaning not in never]

    def english(self) -> set[str]:
        """Return every English word and phrase as it is written."""
        return {phrase for known in self._meanings.values() for meaning in known for phrase in meaning.english}

    def _spans_anew(self, keys: Words) -> list[tuple[int, int]]:
        """Return (start, end) of the longest known phrases from left to right."""
        found = []
        start, last = 0, len(keys)
        for at, first in enumerate(keys):
            if at < start:
                continue
            for length in self._lengths.get(first, ()):
                end = at + length
                if end <= last and keys[at:end] in self._phrases:
                    found.append((at, end))
                    start = end
                    break
        return found

    def reading(self, keys: Words) -> Reading:
        """Return what a title of these words says."""
        found: dict[str, None] = {}
        unknown: list[str] = []
        wrong: list[tuple[int, int]] = []
        at = 0
        for start, end in self.spans(keys):
            phrase = keys[start:end]
            if known := self._glosses.get(phrase):
                found.update(known)
            if phrase in self._wrong:
                wrong.append((start, end))
            if at < start:
                unknown += keys[at:start]
            at = end
        unknown += keys[at:]
        return Reading(found, unknown, self._misleading(keys, wrong) if wrong else set())

    def _misleading(self, keys: Words, wrong: Sequence[tuple[int, int]]) -> set[str]:
        inside = {at for start, end in wrong for at in range(start, end)}
        plain = {key for at, key in enumerate(keys) if at not in inside}
        phrases = (keys[start:end] for start, end in wrong)
        return {word for phrase in phrases for word in self._wrong[phrase].intersection(phrase)} - plain

    def _further_anew(self, word: str) -> frozenset[str]:
        """Return the English words of what CC-CEDICT says that a Chinese word means."""
        if not has_han(word):
            return frozenset()
        meant = dictionary().meanings(word)
        found = frozenset(key for meaning in meant for key in self.keys(meaning) if key not in EMPTY)
        return found - self._wrong.get((word,), frozenset())

    def _parts_anew(self, word: str) -> Words:
        """Return the known words that make up an unknown Chinese ``word`` without a rest, else ``word`` alone.

        陶瓷杯 is 陶瓷 and 杯: so a title "ceramic mug" is found by it.
        """
        if (word,) in self._meanings or len(word) < 3:
            return (word,)
        found, start = [], 0
        while start < len(word):
            end = next((end for end in range(len(word), start, -1) if (word[start:end],) in self._meanings), 0)
            if not end:
                return (word,)
            found.append(word[start:end])
            start = end
        return tuple(found)


def _other_language(keys: Words, meanings: Iterable[Meaning], wrong: frozenset[str]) -> dict[str, None]:
    """Return the words of all translations of a phrase, each once, but ``wrong`` ones; it counts as Chinese when a word
    of it is."""
    is_chinese = any(map(has_han, keys))
    phrases = (one.english_keys if is_chinese else one.chinese_keys for one in meanings)
    return dict.fromkeys(word for words in phrases for phrase in words for word in phrase if word not in wrong)


def _single_words(meanings: Iterable[Meaning]) -> frozenset[str]:
    """Return the words that alone have one of ``meanings``."""
    return frozenset(keys[0] for one in meanings for keys in (*one.english_keys, *one.chinese_keys) if len(keys) == 1)


@cache
def lexicon() -> Lexicon:
    """The lexicon of this installation, read once a process; raises ``BadLexicon``."""
    try:
        lines = LEXICON.read_text(encoding="utf-8").splitlines()
        # The package makes one segmenter of 25 MB whether anybody wants it or not: this one is taken.
        return Lexicon(lines, segmenter=rjieba._DEFAULT_JIEBA)  # noqa: SLF001  (it has no other name)
    except BadLexicon as bad:
        raise BadLexicon(f"{LEXICON}, {bad}") from bad
