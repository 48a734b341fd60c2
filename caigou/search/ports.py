"""What search asks of an engine, in plain values. An adapter implements ``Index``; search never imports one.

Prices are minor units of ``currency``, quantities are units of the product. Text goes in as it was written: the
engine cuts it with ``caigou.search.analysis``, so that every engine indexes the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from django.utils.translation import gettext_lazy as _

from caigou.kernel.errors import DomainError

Sort = Literal["relevance", "price", "moq", "lead", "newest", "rating"]
#: Lower ends of the bars in which prices are counted, six to each power of ten, in minor units of whichever currency.
PRICE_BUCKETS: tuple[int, ...] = (
    0,
    *sorted({head * 10**power // 10 for power in range(1, 10) for head in (10, 15, 20, 30, 50, 70)}),
)
#: The upper ends of the MOQ buckets: "up to 10 units", "up to 50 units", …
MOQ_BUCKETS: tuple[int, ...] = (10, 50, 100, 500, 1_000, 5_000)
#: The upper ends of the lead-time buckets in days, and the lower ends of the rating's in tenths of five.
LEAD_BUCKETS: tuple[int, ...] = (3, 7, 15, 30, 60)
RATING_BUCKETS: tuple[int, ...] = (40, 45, 48)
#: Products beyond this place are not paged to; a person narrows the search instead.
DEEPEST = 10_000


class IndexNotReady(DomainError):
    """There is no index, or one of an older make, or a damaged one: the worker builds a new one."""

    code = "index_not_ready"
    told = _("The search index is being rebuilt. Try again in a minute.")

    def __init__(self) -> None:
        super().__init__(self.told)


class IndexUnreachable(IndexNotReady):
    """The engine stands on a server that doesn't answer, or answers that it may not or can't: nothing is known."""

    code = "index_unreachable"
    told = _("Search can't be reached just now. Try again in a minute.")


class IndexBusy(DomainError):
    """Another process is writing; nothing was changed."""

    code = "index_busy"

    def __init__(self) -> None:
        super().__init__(_("Another process is writing to the search index. Wait until it has ended, then try again."))


@dataclass(frozen=True, slots=True)
class Step:
    """From ``from_quantity`` units on, one unit costs ``minor``."""

    from_quantity: int
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A listed product as the index needs it. ``steps`` rise by quantity and start at or below the MOQ."""

    id: int
    title_en: str = ""
    title_zh: str = ""
    description: str = ""
    #: Names of the category, values of attributes, in both languages.
    attributes: str = ""
    external_id: str = ""
    kind: str = ""
    qualification: str = "none"
    #: The last day on which the qualification counts.
    verified_until: date | None = None
    country: str = ""
    province: str = ""
    city: str = ""
    #: Slugs of the category and of all above it.
    categories: Sequence[str] = ()
    #: Whether samples are offered, and whether the supplier prints the buyer's logo; not stated counts as no.
    sample: bool = False
    own_logo: bool = False
    #: Days until the goods leave, and the rating in tenths of five; None when nobody stated it.
    lead_days: int | None = None
    rating: int | None = None
    moq: int = 1
    currency: str = "CNY"
    steps: Sequence[Step] = ()
    #: 0 to 1, how much is known and verified about the product and its supplier.
    quality: float = 0.0
    updated_at: datetime | None = None
    #: What ``Index.completions`` may answer with, each once, as ``caigou.search.completing`` made it.
    completions: Sequence[str] = ()
    #: The words by which it is found, where ``caigou.search.analysis.index_text`` cut them already; the texts above may
    #: be empty then.
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a person looks for (F5). An empty ``text`` browses everything.

    ``price_min`` and ``price_max``, both inclusive, are compared with the price at ``quantity`` (or at the MOQ where
    that is more, or where no quantity is given). They, and ``sort="price"``, leave only goods of ``currency``.
    Values inside one filter are alternatives; the filters together must all hold.
    """

    text: str = ""
    quantity: int | None = None
    currency: str = "CNY"
    price_min: int | None = None
    price_max: int | None = None
    moq_max: int | None = None
    countries: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    #: Slugs; goods of a category below one of them count, too.
    categories: frozenset[str] = frozenset()
    #: Only goods of which samples are offered, or on which the supplier prints the buyer's logo.
    sample: bool = False
    own_logo: bool = False
    #: Goods without a stated lead time, or rating, don't pass these.
    lead_max: int | None = None
    rating_min: int | None = None
    #: So many of the words must be found at least; None asks for two thirds, as always unless that finds nothing.
    least: int | None = None
    #: Without, only the page's ids are wanted: nothing is counted, and the total is that of the page.
    counted: bool = True
    #: Whether prices are counted, too: as the facet ``price``, of goods of ``currency``.
    with_prices: bool = False
    sort: Sort = "relevance"
    page: int = 1
    size: int = 20
    #: The day on which qualifications are judged; today when None.
    today: date | None = None

    @property
    def offset(self) -> int:
        return (max(self.page, 1) - 1) * self.size

    @property
    def asks_price(self) -> bool:
        """Whether prices are compared, which only works within one currency."""
        return self.sort == "price" or self.price_min is not None or self.price_max is not None


@dataclass(frozen=True, slots=True)
class Hits:
    """Ids in order, how many there are in all, and for each facet how many goods each value has.

    A facet is counted without its own filter, so that the other values can still be chosen. Facets: ``qualification``,
    ``kind``, ``province``, ``country``, ``currency``, ``category`` (a slug counts all goods below it), ``sample`` and
    ``own_logo`` (their one key is ``"yes"``); ``moq`` and ``lead``, whose keys are upper ends: ``"50"`` counts all
    goods with an MOQ of 50 or less; ``rating``, whose keys are lower ends in tenths. Where they are asked for, there
    is ``price`` of goods of the query's currency: its keys are those of ``PRICE_BUCKETS``, and the price at the query's
    quantity lies from there to below the next one. The maps are shared between answers: read them, never change them.
    ``generation`` names the index that answered. ``unknown`` are the needed words of the query, as they were written
    and but for Chinese ones, that no product of the index has in any of their ways, whatever the filters.
    """

    ids: tuple[int, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    generation: int = 0
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """One of the ``completions`` of documents, and how many goods have it; at least one."""

    text: str
    goods: int


@dataclass(frozen=True, slots=True)
class Met:
    """One way in which a product meets a word of the query, and what that way alone would add to the score."""

    words: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one part of the query adds to the score of a product; 0 where the product doesn't meet it.

    Kinds: ``word`` is a word of the query, ``helping`` one that is not needed, ``all`` is for having every word,
    ``other`` is whatever else the engine adds. ``ways`` are those that the product meets, best first.
    """

    kind: Literal["word", "helping", "all", "other"]
    score: float
    word: str = ""
    ways: tuple[Met, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one product stands where it stands among the answers to one query, or why it isn't among them.

    ``score`` is the sum of the contributions times ``factor``, which is log₂(2 + ``quality``); it is 0 for what the
    words don't match, though they may contribute. ``filters`` says of each filter that the query sets, by its name
    there, whether the product passes; ``price`` is that of both prices.
    """

    #: Whether the index holds the product at all; without, all else is empty.
    held: bool = False
    #: Whether its words are enough to be found, whatever the filters.
    matched: bool = False
    contributions: tuple[Contribution, ...] = ()
    quality: float = 0.0
    factor: float = 1.0
    score: float = 0.0
    filters: Mapping[str, bool] = field(default_factory=dict)
    #: Its place from 1; None when it isn't found or stands beyond ``DEEPEST``.
    rank: int | None = None
    total: int = 0
    #: What the engine itself says of the score, for who knows the engine.
    raw: str = ""


class Index(Protocol):
    """One search engine. Reading is safe from many processes and threads; writing is one process at a time."""

    def write(self, documents: Iterable[Document] = (), *, gone: Iterable[int] = ()) -> None:
        """Put ``documents`` (replacing those of the same id), delete the ids in ``gone``, make both visible at once.

        An id in both is put. ``documents`` may be made while they are taken; where that fails, nothing is changed.
        Safe to repeat. Raises ``IndexBusy`` while another process writes and ``IndexNotReady`` without an index.
        """

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a fresh index beside the present one, switch to it in one step, return how many documents it has.

        Readers see the old index until then. When it fails, the old one stays. Raises ``IndexBusy``.
        """

    def search(self, query: Query) -> Hits:
        """Answer ``query``; raises ``IndexNotReady``."""

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Return those of ``words``, each as ``caigou.search.analysis`` indexes it, that some product has.

        Asked only where a search met an unknown word. A word whose last product was just removed may still be among
        them. Raises ``IndexNotReady``.
        """

    def completions(self, prefix: str, limit: int, *, within: str = "") -> Sequence[Completion]:
        """Return the completions that begin with ``prefix``, those of most goods first, then by the alphabet.

        The prefix is taken letter by letter: no sign is a wildcard. Goods that were deleted don't count. With
        ``within``, only goods that a search for these words finds count. An empty prefix has none. Raises
        ``IndexNotReady``.
        """

    def explain(self, query: Query, product_id: int) -> Explanation:
        """Say why the product is found, and where, or why not; for staff: it may take many searches.

        Scores are those of ``sort="relevance"``; the rank is the one in the order that ``query`` asks for. Raises
        ``IndexNotReady``.
        """

    def is_ready(self) -> bool:
        """Whether there is a sound index made by this version of the code and the lexicon."""

    def generation(self) -> int:
        """A number that rises with each rebuild; 0 without an index."""

    def scattered(self) -> bool:
        """Whether much was written in small parts that a rebuild would join, making searches quicker; now it is quiet.

        An engine that joins them by itself always says no.
        """
