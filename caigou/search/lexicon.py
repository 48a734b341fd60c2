"""The trade lexicon: English words and Chinese words of the same goods, and the segmenter that knows them.

The file ``data/lexicon.tsv`` is ours, one meaning a line, made to be edited by a trader. A changed file changes
``digest``, so that every index made with the old one counts as out of date and is rebuilt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rjieba import Jieba

from caigou.search.text import MAX_WORD, normalise, runs, stem

LEXICON = Path(__file__).parent / "data" / "lexicon.tsv"
KINDS = frozenset({"product", "material", "colour", "attribute", "place", "trade"})
#: No entry has more words than this.
LONGEST = 4

#: What stands between the attributes of a product, as one text.
PIECES = " ; "
_MOST_PIECES = 20_000

Words = tuple[str, ...]


class Token(NamedTuple):
    """One word of a text. ``key`` is what is looked up: the stem of an English word, a Chinese word itself."""

    text: str
    key: str
    is_han: bool


@lru_cache(maxsize=65_536)
def _latin(word: str) -> Token:
    """Return the token of a word that is not Chinese; a catalogue says the same words again and again."""
    return Token(word, stem(word), is_han=False)


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
        self.digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
        self._jieba = Jieba()
        self._pieces: dict[str, tuple[Token, ...]] = {}
        rows = list(read_rows(lines))
        for _english, chinese, _kind in rows:
            for word in chinese:
                self._teach(word)
        self._meanings: dict[Words, list[Meaning]] = {}
        for english, chinese, kind in rows:
            self._add(english, chinese, kind)

    def _teach(self, word: str) -> None:
        """Let the segmenter keep ``word`` whole: 旗串 would fall apart without."""
        for run in runs(normalise(word)):
            if run.is_han and len(run.text) > 1 and not self._jieba.has_word(run.text):
                self._jieba.add_word(run.text, None, None)

    def _add(self, english: tuple[str, ...], chinese: tuple[str, ...], kind: str) -> None:
        english_keys = tuple(self._key(word) for word in english)
        chinese_keys = tuple(self._key(word) for word in chinese)
        meaning = Meaning(english, chinese, kind, english_keys, chinese_keys)
        for key in dict.fromkeys((*english_keys, *chinese_keys)):
            self._meanings.setdefault(key, []).append(meaning)

    def _key(self, word: str) -> Words:
        return tuple(token.key for token in self.tokens(word))

    def tokens(self, text: str, *, for_index: bool = False) -> list[Token]:
        """Return the words of ``text``; with ``for_index`` also the shorter words inside long Chinese ones."""
        found: list[Token] = []
        for run in runs(normalise(text)):
            if not run.is_han:
                found.append(_latin(run.text))
                continue
            words = self._jieba.cut_for_search(run.text) if for_index else self._jieba.cut(run.text)
            found.extend(Token(word[:MAX_WORD], word[:MAX_WORD], is_han=True) for word in words)
        return found

    def pieces(self, text: str) -> list[Token]:
        """Return ``tokens(text, for_index=True)`` of short texts that come again and again, such as attributes."""
        found: list[Token] = []
        for piece in text.split(PIECES):
            known = self._pieces.get(piece)
            if known is None:
                if len(self._pieces) >= _MOST_PIECES:
                    self._pieces.clear()
                known = self._pieces[piece] = tuple(self.tokens(piece, for_index=True))
            found += known
        return found

    def meanings(self, keys: Words) -> Sequence[Meaning]:
        """Return what these words mean together, nothing when the lexicon doesn't know them."""
        return self._meanings.get(keys, ())

    def spans(self, keys: Words) -> Iterator[tuple[int, int, Sequence[Meaning]]]:
        """Yield (start, end, meanings) of the longest known phrases from left to right."""
        start = 0
        while start < len(keys):
            for end in range(min(start + LONGEST, len(keys)), start, -1):
                if known := self.meanings(keys[start:end]):
                    yield start, end, known
                    start = end
                    break
            else:
                start += 1

    def parts(self, word: str) -> list[str]:
        """Return the known words that make up an unknown Chinese ``word`` without a rest, else ``word`` alone.

        陶瓷杯 is 陶瓷 and 杯: so a title "ceramic mug" is found by it.
        """
        if (word,) in self._meanings or len(word) < 3:
            return [word]
        found, start = [], 0
        while start < len(word):
            end = next((end for end in range(len(word), start, -1) if (word[start:end],) in self._meanings), 0)
            if not end:
                return [word]
            found.append(word[start:end])
            start = end
        return found


@cache
def lexicon() -> Lexicon:
    """The lexicon of this installation, read once a process."""
    return Lexicon(LEXICON.read_text(encoding="utf-8").splitlines())
