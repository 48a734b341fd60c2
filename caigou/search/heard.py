"""What was meant by a word of a query that the lexicon doesn't have, told by its sound: pinyin, or Chinese typed with
a wrong character of the same sound. Words that the lexicon has cost a look at it and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from caigou.search.lexicon import Lexicon, Token, Words
from caigou.search.sounds import spelt, syllables, wanted_sounds

#: How much a word counts that sounds like what was typed, where that is a word as well, and the bare sound.
SOUNDS_LIKE, SOUND = 0.4, 0.15
#: A single syllable says next to nothing.
SYLLABLE = 0.05
#: No word has more syllables.
LONGEST = 8


class Heard(NamedTuple):
    """A word of the query as it is searched, and further words that meet it, each with its weight."""

    token: Token
    others: tuple[tuple[Words, float], ...] = ()


class _Stretch:
    """Neighbouring words in one script, all of which have a sound, some of them unknown."""

    def __init__(self, book: Lexicon, tokens: Sequence[Token], said: Sequence[Words], unknown: Sequence[bool]) -> None:
        self._book, self._tokens, self._said, self._unknown = book, tokens, said, unknown

    def heard(self) -> Iterator[Heard]:
        """Yield the words, known ones of the same sound in the place of unknown ones."""
        at = 0
        while at < len(self._tokens):
            end, words = self._word_at(at)
            if not words:
                yield self._as_typed(at)
            elif end == at + 1 and self._is_word(self._tokens[at]):
                likely = tuple(((word,), SOUNDS_LIKE) for word in words)
                yield Heard(self._tokens[at], likely)
            else:
                typed = tuple(token.key for token in self._tokens[at:end])
                more = tuple(((word,), 0.9) for word in words[1:])
                bare = (wanted_sounds(self._syllables(at, end)), SOUND)
                yield Heard(Token(words[0], words[0], is_han=True), ((typed, 1.0), *more, bare))
            at = end

    def _word_at(self, start: int) -> tuple[int, list[str]]:
        """Return the longest stretch from ``start`` that sounds like words of the lexicon, with them."""
        for end in range(min(len(self._tokens), start + LONGEST), start, -1):
            said = self._syllables(start, end)
            if 1 < len(said) <= LONGEST and any(self._unknown[start:end]):
                typed = "".join(token.text for token in self._tokens[start:end])
                # Syllables one by one sound like too much to be taken for others that sound alike.
                exactly = len(said) == end - start and not self._tokens[start].is_han
                words = self._book.sounding("".join(said), exactly=exactly)
                if words := [word for word in words if word != typed and self._may_be(word, start, end, typed)]:
                    return end, words
        return start + 1, []

    def _may_be(self, word: str, start: int, end: int, typed: str) -> bool:
        """Say whether Chinese was typed for ``word``: with one wrong character, of four or more with two."""
        if not self._tokens[start].is_han:
            return True
        if len(word) != len(typed):  # xian is one character or two
            return False
        wrong = sum(one != other for one, other in zip(word, typed, strict=True))
        if end == start + 1 and self._is_word(self._tokens[start]):  # a word by itself has to sound just so
            return wrong == 1 and syllables(word) == list(self._said[start])
        return wrong <= (1 if len(word) < 4 else 2)

    def _syllables(self, start: int, end: int) -> list[str]:
        return [one for word in self._said[start:end] for one in word]

    def _is_word(self, token: Token) -> bool:
        return token.is_han and self._book.is_word(token.text)

    def _as_typed(self, at: int) -> Heard:
        token, said = self._tokens[at], list(self._said[at])
        if not self._unknown[at] or sum(map(len, self._said)) == 1:
            return Heard(token)
        if len(said) > 1:
            return Heard(token, ((wanted_sounds(said), SOUND),))
        pairs = [[*self._said[at - 1][-1:], *said]] if at else []
        pairs += [[*said, *self._said[at + 1][:1]]] if at + 1 < len(self._said) else []
        near = tuple((wanted_sounds(pair), SOUND) for pair in pairs)
        return Heard(token, (*near, (wanted_sounds(said), SYLLABLE)))


def heard(book: Lexicon, tokens: Sequence[Token], empty: frozenset[str]) -> list[Heard]:
    """Return the words of a query with what their sound adds; ``empty`` words are never unknown."""
    known = {at for start, end in book.spans(tuple(token.key for token in tokens)) for at in range(start, end)}
    unknown = [at not in known and token.text not in empty for at, token in enumerate(tokens)]
    if not any(unknown):
        return [Heard(token) for token in tokens]
    said = [tuple(syllables(token.text)) if token.is_han else spelt(token.text) for token in tokens]
    found: list[Heard] = []
    start = 0
    while start < len(tokens):
        end = start + 1
        while end < len(tokens) and said[start] and said[end] and tokens[end].is_han == tokens[start].is_han:
            end += 1
        if said[start] and any(unknown[start:end]):
            found += _Stretch(book, tokens[start:end], said[start:end], unknown[start:end]).heard()
        else:
            found += [Heard(token) for token in tokens[start:end]]
        start = end
    return found
