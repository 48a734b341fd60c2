"""The one analysis: which words of a product are indexed, and what a query asks for. Every engine uses it.

An engine indexes the words as they are. Weights are those of ``docs/search.md``; an engine turns them into its own
queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from caigou.search.heard import Heard, heard
from caigou.search.lexicon import Lexicon, Meaning, Token, Words, lexicon
from caigou.search.ports import Document
from caigou.search.sounds import index_sounds
from caigou.search.units import inside, other_ways

#: Raised when the content of a field changes, so that older indexes are rebuilt.
VERSION = 10
#: A query is cut here: the rest of a pasted page finds nothing.
MAX_CHARACTERS = 400
MAX_TERMS = 24
#: A description is indexed this far.
MAX_DESCRIPTION = 8_000
#: How often a word of the titles stands in the index, and one of what else names the goods; one of the description
#: stands there once.
TITLE, NAMED = 6, 2
#: Share of what other words count where the word itself is English (decision 0025).
OF_ENGLISH = 0.25
#: What stands between two words of a title that stand side by side, and how much it adds that they do.
BESIDE, SIDE_BY_SIDE = "+", 0.3
#: What stands between two sizes: 36 in. x 80 in.
TIMES = "x"

_EMPTY_WORDS = """
a an the of for with in and on to from by or at is are i we need want looking some any my your
的 和 与 及 了 是 要 我 我要 想 买 求购 需要
"""
STOPWORDS = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a term: all of ``words``."""

    words: Words
    weight: float


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the query with everything that means the same."""

    token: Token
    ways: tuple[Way, ...]
    optional: bool = False
    #: Whether it is met by the word itself alone, without pairs of its characters.
    plain: bool = False

    def as_written(self) -> Term:
        """Return the word without anything that only means the same."""
        return Term(self.token, self.ways[:1], optional=self.optional, plain=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query understood. ``required`` is never empty unless nothing could be read from the text.

    ``optional`` are words that help but aren't needed, and words of the query side by side.
    """

    required: tuple[Term, ...]
    optional: tuple[Term, ...]
    #: What is searched too, for the page: words of the other language, and the word that was heard.
    also: tuple[str, ...]

    def as_written(self) -> Asked:
        """Return the words as they were written, without what only means the same."""
        written = tuple(term.as_written() for term in self.required)
        return Asked(written, tuple(term.as_written() for term in self.optional), self.also)

    @property
    def needed(self) -> int:
        """How many of the required terms must be found: two thirds."""
        return -(-2 * len(self.required) // 3)

    def unknown(self, known: Callable[[Words], frozenset[str]]) -> tuple[str, ...]:
        """Return the required words, Chinese ones aside, that have no way of known words alone.

        ``known`` sorts out which words an index has. Chinese is met by pairs of characters and by sound as well.
        """
        terms = [term for term in self.required if not term.token.is_han]
        plain = known(tuple(term.token.key for term in terms))
        if rest := [term for term in terms if term.token.key not in plain]:
            words = known(tuple({word for term in rest for way in term.ways for word in way.words}))
            rest = [term for term in rest if not any(words.issuperset(way.words) for way in term.ways)]
        return tuple(term.token.text for term in rest)


def bigrams(text: str) -> list[str]:
    """Return each two neighbouring characters.

    >>> bigrams("马克杯")
    ['马克', '克杯']
    """
    return [text[at : at + 2] for at in range(len(text) - 1)]


def _keys(tokens: Iterable[Token]) -> Words:
    return tuple(token.key for token in tokens)


def _with_parts(book: Lexicon, tokens: Iterable[Token]) -> list[Token]:
    """Replace each unknown Chinese compound by the known words that it is made of."""
    found: list[Token] = []
    for token in tokens:
        found += [Token(part, part, is_han=True) for part in book.parts(token.text)] if token.is_han else [token]
    return found


def _readings(book: Lexicon, *titles: Iterable[Token]) -> tuple[set[str], set[str], set[str]]:
    """Return what the phrases of ``titles`` are called in the other language, what further words may mean, and words
    of theirs that mislead."""
    glosses: set[str] = set()
    further: set[str] = set()
    misleading: set[str] = set()
    for title in titles:
        keys: list[str] = []
        for _text, key, is_han in title:
            if is_han:
                keys += book.parts(key)
            else:
                keys.append(key)
        reading = book.reading(tuple(keys))
        glosses.update(reading.glosses)
        misleading |= reading.misleading
        for key in reading.unknown:
            if not key.isascii():
                further |= book.further(key)
    return glosses, further, misleading


def _is_times(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word is the "x" between two sizes."""
    if tokens[at].text != TIMES or not 0 < at < len(tokens) - 1:
        return False
    return tokens[at - 1].text[0].isdigit() and tokens[at + 1].text[0].isdigit()


def _telling(tokens: Sequence[Token]) -> list[int]:
    """Return the places of the words that say something: neither "of" nor the "x" between two sizes."""
    texts = [text for text, _key, _is_han in tokens]
    places = [at for at, text in enumerate(texts) if text not in STOPWORDS]
    return [at for at in places if not _is_times(tokens, at)] if TIMES in texts else places


def _neighbours(tokens: Sequence[Token]) -> list[tuple[Token, Token]]:
    """Return each two words that stand side by side and aren't Chinese."""
    telling = [tokens[at] for at in _telling(tokens)]
    return [(first, second) for first, second in pairwise(telling) if not (first.is_han or second.is_han)]


def _beside(first: Token, second: Token) -> str:
    """Return two words side by side as one word that nobody can type."""
    return f"{first.key}{BESIDE}{second.key}"


def _han_runs(tokens: Iterable[Token]) -> list[str]:
    """Join neighbouring Chinese words again: bigrams reach over the borders that a segmenter saw."""
    joined: list[str] = []
    before = False
    for text, _key, is_han in tokens:
        if is_han and before:
            joined[-1] += text
        elif is_han:
            joined.append(text)
        before = is_han
    return joined


def index_text(document: Document) -> str:
    """Return ``index_words`` with blanks between them, which is what an engine takes."""
    if document.words is not None:
        return document.words
    title, named, others = _found_by(document)
    texts = [*TITLE * [" ".join(title)], *NAMED * [" ".join(named)], " ".join(others)]
    return " ".join([text for text in texts if text])


def index_words(document: Document) -> list[str]:
    """Return the words by which ``document`` is found, each as often as it counts where it stands."""
    title, named, others = _found_by(document)
    return [*TITLE * list(title), *NAMED * list(named), *others]


def _found_by(document: Document) -> tuple[set[str], set[str], set[str]]:
    """Return the words of the titles, those of what else names the goods, and all others, each in one of them.

    They are the stems of words that aren't Chinese; Chinese words with those inside them; pairs of characters and
    single ones, for words that no lexicon has, and their sounds; what the titles mean in the other language; and the
    numbers of a size, for who looks for a "screen door 36"; words of the English title that stand side by side.
    """
    book = lexicon()
    english, chinese = book.title(document.title_en), book.title(document.title_zh)
    runs = _han_runs(chinese) + _han_runs(english)
    title = {key for _text, key, is_han in (*english, *chinese) if not is_han}
    for run in runs:
        title.update(book.inner[run])
    glosses, further, misleading = _readings(book, english, chinese)
    title -= misleading
    named = {*glosses, *book.keys_of_pieces(document.attributes)}
    named.update(_keys(book.tokens(document.external_id)))
    others = {*further, *misleading, *book.keys(document.description[:MAX_DESCRIPTION])}
    others.update([_beside(*pair) for pair in _neighbours(english)])
    others.update([part for word in title if word[0].isdigit() and not word.isdigit() for part in inside(word)])
    for run in runs:
        others.update(run, bigrams(run), index_sounds(run))
    named -= title
    others -= title | named
    return title, named, others


def _ways_of(meanings: Sequence[Meaning], *, is_chinese: bool, share: float = 1.0) -> list[Way]:
    """Return the translations (weight 1.2, further words 0.9) and the synonyms (0.8), each times ``share``.

    Those of an English word count a quarter: goods with a Chinese title alone have its English words beside it.
    """
    ways = []
    share = share if is_chinese else share * OF_ENGLISH
    for meaning in meanings:
        other, same = meaning.chinese_keys, meaning.english_keys
        if is_chinese:
            other, same = same, other
        for place, words in enumerate(other):
            ways.append(Way(words, share * (1.2 if place == 0 else 0.9) / len(words)))
        ways.extend(Way(words, share * 0.8 / len(words)) for words in same)
    return ways


def _term(
    book: Lexicon,
    token: Token,
    meanings: Sequence[Meaning],
    span: Sequence[Token],
    others: Iterable[tuple[Words, float]],
) -> Term:
    """Return what meets ``token``: itself, what the phrase around it means, half as much what it means alone, and
    ``others`` that sound so."""
    ways: dict[Words, Way] = {(token.key,): Way((token.key,), 1.0)}
    found = _ways_of(meanings, is_chinese=any(other.is_han for other in span))
    if len(span) > 1:
        alone = book.senses(token.key, _keys(span))
        found += _ways_of(alone, is_chinese=token.is_han, share=0.5 if meanings else 1.0)
    for way in found:
        if way.words != _keys(span):
            ways.setdefault(way.words, way)
    for words, weight in others:
        ways.setdefault(words, Way(words, weight / len(words)))
    return Term(token, tuple(ways.values()), optional=any(meaning.kind == "trade" for meaning in meanings))


def _others(said: Heard) -> Sequence[tuple[Words, float]]:
    """Return what sounds like a word of the query, and a size as others write it."""
    return [*said.others, *other_ways(said.token.text)] if said.token.text[:1].isdigit() else said.others


def _side_by_side(first: Token, second: Token) -> Term:
    """Return what is met by two words of the query where a title has them side by side."""
    pair = Token(f"{first.text} {second.text}", _beside(first, second), is_han=False)
    return Term(pair, (Way((pair.key,), SIDE_BY_SIDE),), optional=True)


@lru_cache(maxsize=256)  # one search asks several times what its words mean
def understand(text: str) -> Asked:
    """Return what ``text`` asks for: each word with its translations and synonyms from the lexicon.

    Words about the business ("wholesale", 批发) are optional as long as another word says what is wanted.
    """
    book = lexicon()
    typed = _with_parts(book, book.tokens(text[:MAX_CHARACTERS]))[:MAX_TERMS]
    said = heard(book, typed, STOPWORDS)
    tokens = [one.token for one in said]
    terms: dict[str, Term] = {}
    also = {one.token.text: None for one in said if one.others and one.token not in typed}
    known: dict[int, tuple[Sequence[Meaning], Sequence[Token]]] = {}
    for start, end in book.spans(_keys(tokens)):
        span = tokens[start:end]
        meanings = book.meanings(_keys(span))
        known.update(dict.fromkeys(range(start, end), (meanings, span)))
        is_chinese = any(token.is_han for token in span)
        also.update((meaning.english[0] if is_chinese else meaning.chinese[0], None) for meaning in meanings)
    telling = sorted({*known, *_telling(tokens)})
    for at in telling or range(len(tokens)):
        token = tokens[at]
        terms.setdefault(token.key, _term(book, token, *known.get(at, ((), ())), _others(said[at])))
    required = tuple(term for term in terms.values() if not term.optional)
    optional = tuple(term for term in terms.values() if term.optional)
    pairs = _neighbours([token for token in tokens if token.key in terms and not terms[token.key].optional])
    beside = tuple(_side_by_side(*pair) for pair in pairs)
    return Asked(
        required=required or optional,
        optional=(*optional, *beside) if required else beside,
        also=tuple(also),
    )
