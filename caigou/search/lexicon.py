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

from rjieba import Jieba

from caigou.search.dictionary import PACKAGE, dictionary
from caigou.search.sounds import PACKAGE as SOUNDS
from caigou.search.sounds import alike, every_sound
from caigou.search.text import MAX_WORD, has_han, normalise, runs, stem

LEXICON = Path(__file__).parent / "data" / "lexicon.tsv"
KINDS = frozenset({"product", "material", "colour", "attribute", "place", "trade"})
#: Words of a meaning in CC-CEDICT that say nothing.
EMPTY = frozenset(("a", "an", "the", "of", "for", "to", "in", "on", "and", "or", "with", "by", "be", "etc"))
#: No entry has more words than this.
LONGEST = 4

#: What stands between the attributes of a product, as one text.
PIECES = " ; "
#: Words, attributes and stretches of Chinese of which it is remembered what they are cut into: they come again.
REMEMBERED = 20_000
#: Longer stretches don't, and would fill the memory.
LONG = 40

Words = tuple[str, ...]


class Token(NamedTuple):
    """One word of a text. ``key`` is what is looked up: the stem of an English word, a Chinese word itself."""

    text: str
    key: str
    is_han: bool


@lru_cache(maxsize=REMEMBERED)
def _latin(word: str) -> Token:
    """Return the token of a word that is not Chinese; a catalogue says the same words again and again."""
    return Token(word, stem(word), is_han=False)


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


def read_rows(lines: Iterable[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], str]]:
    """Yield (English words, Chinese words, kind) of each line; raises ``BadLexicon`` for a broken one."""
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.rstrip("\n").split("\t")]
        english, chinese = ([word.strip() for word in cell.split("|")] for cell in (*cells, "", "")[:2])
        if len(cells) != 3 or cells[2] not in KINDS or not all(english) or not all(chinese):
            raise BadLexicon(f"line {number}: write English, Chinese and the kind, separated by tabs")
        yield tuple(english), tuple(chinese), cells[2]


class Lexicon:
    """Segments text into tokens and answers what a run of tokens means."""

    def __init__(self, lines: Sequence[str]) -> None:
        made_of = "\n".join((*lines, *(version(name) for name in (PACKAGE, SOUNDS))))
        self.digest = hashlib.sha256(made_of.encode()).hexdigest()[:12]
        self._jieba = Jieba()
        rows = list(read_rows(lines))
        for _english, chinese, _kind in rows:
            for word in chinese:
                self._teach(word)
        remember = lru_cache(maxsize=REMEMBERED)
        self._cut = remember(self._cut_anew)
        self._inner = remember(self._inner_anew)
        self._piece = remember(self._piece_anew)
        self.parts = remember(self._parts_anew)
        self.further = remember(self._further_anew)
        self._meanings: dict[Words, list[Meaning]] = {}
        #: How many words the longest phrase has that begins with a word.
        self._longest: dict[str, int] = {}
        for english, chinese, kind in rows:
            self._add(english, chinese, kind)
        self._glosses = {keys: _other_language(keys, known) for keys, known in self._meanings.items()}

    def _teach(self, word: str) -> None:
        """Let the segmenter keep ``word`` whole: 旗串 would fall apart without."""
        for han, _other in runs(normalise(word)):
            if len(han) > 1 and not self._jieba.has_word(han):
                self._jieba.add_word(han, None, None)

    def _add(self, english: tuple[str, ...], chinese: tuple[str, ...], kind: str) -> None:
        english_keys = tuple(self._key(word) for word in english)
        chinese_keys = tuple(self._key(word) for word in chinese)
        meaning = Meaning(english, chinese, kind, english_keys, chinese_keys)
        for key in dict.fromkeys((*english_keys, *chinese_keys)):
            self._meanings.setdefault(key, []).append(meaning)
            for first in key[:1]:
                self._longest[first] = max(self._longest.get(first, 0), min(len(key), LONGEST))

    def _key(self, word: str) -> Words:
        return tuple(token.key for token in self.tokens(word))

    # --- cutting ------------------------------------------------------------------------------------------------
    def tokens(self, text: str) -> list[Token]:
        """Return the words of ``text``."""
        found: list[Token] = []
        for han, other in runs(normalise(text)):
            if han:
                found += self._cut(han) if len(han) < LONG else self._cut_anew(han)
            else:
                found.append(_latin(other[:MAX_WORD]))
        return found

    def _cut_anew(self, han: str) -> tuple[Token, ...]:
        return tuple(_han(word[:MAX_WORD]) for word in self._jieba.cut(han))

    def keys(self, text: str) -> list[str]:
        """Return the keys of ``text`` as it is indexed: also those of the shorter words inside long Chinese ones."""
        found: list[str] = []
        for han, other in runs(normalise(text)):
            if han:
                found += self.inner(han)
            else:
                found.append(_latin(other[:MAX_WORD]).key)
        return found

    def inner(self, han: str) -> Words:
        """Return the words of a stretch of simplified Chinese, with the shorter ones inside them."""
        return self._inner(han) if len(han) < LONG else self._inner_anew(han)

    def _inner_anew(self, han: str) -> Words:
        return tuple(word[:MAX_WORD] for word in self._jieba.cut_for_search(han))

    def keys_of_pieces(self, text: str) -> list[str]:
        """Return ``keys`` of short texts that come again and again, such as attributes."""
        return [key for piece in text.split(PIECES) for key in self._piece(piece)]

    def _piece_anew(self, piece: str) -> Words:
        return tuple(self.keys(piece))

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

    def sounding(self, sound: str) -> list[str]:
        """Return the words that sound so, those that sound exactly so before those that many say alike."""
        words = self._by_sound.get(alike(sound), [])
        exact = [word for word in words if sound in every_sound(word)]
        return exact or words

    # --- meaning ------------------------------------------------------------------------------------------------
    def meanings(self, keys: Words) -> Sequence[Meaning]:
        """Return what these words mean together, nothing when the lexicon doesn't know them."""
        return self._meanings.get(keys, ())

    def english(self) -> set[str]:
        """Return every English word and phrase as it is written."""
        return {phrase for known in self._meanings.values() for meaning in known for phrase in meaning.english}

    def spans(self, keys: Words) -> list[tuple[int, int]]:
        """Return (start, end) of the longest known phrases from left to right."""
        found = []
        start = 0
        while start < len(keys):
            for end in range(start + self._longest.get(keys[start], 0), start, -1):
                if keys[start:end] in self._meanings and end <= len(keys):
                    found.append((start, end))
                    start = end
                    break
            else:
                start += 1
        return found

    def glosses(self, keys: Words) -> tuple[dict[str, None], list[str]]:
        """Return the words of the other language for the longest known phrases, each once: they give the sense; and
        the words that belong to none."""
        found: dict[str, None] = {}
        unknown: list[str] = []
        at = 0
        for start, end in self.spans(keys):
            found.update(self._glosses[keys[start:end]])
            unknown += keys[at:start]
            at = end
        return found, [*unknown, *keys[at:]]

    def _further_anew(self, word: str) -> frozenset[str]:
        """Return the English words of what CC-CEDICT says that a Chinese word means."""
        if not has_han(word):
            return frozenset()
        meant = dictionary().meanings(word)
        return frozenset(key for meaning in meant for key in self.keys(meaning) if key not in EMPTY)

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


def _other_language(keys: Words, meanings: Iterable[Meaning]) -> dict[str, None]:
    """Return the words of all translations of a phrase, each once; it counts as Chinese when a word of it is."""
    is_chinese = any(map(has_han, keys))
    phrases = (one.english_keys if is_chinese else one.chinese_keys for one in meanings)
    return dict.fromkeys(word for words in phrases for phrase in words for word in phrase)


@cache
def lexicon() -> Lexicon:
    """The lexicon of this installation, read once a process."""
    return Lexicon(LEXICON.read_text(encoding="utf-8").splitlines())
