"""Why is this first, and why isn't that found? For staff (F4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product
from caigou.kernel.errors import BadInput
from caigou.search.analysis import Asked, understand
from caigou.search.documents import prior_of
from caigou.search.engine import index
from caigou.search.meaning.nearest import nearness_of
from caigou.search.models import Pending
from caigou.search.ports import Explanation, Query
from caigou.search.services.finding import LARGEST_PAGE, answered, sane


@dataclass(frozen=True, slots=True)
class Why:
    """Why one product stands where it stands for one query.

    ``query`` is what was searched in the end, ``corrected`` and ``relaxed`` are as in ``Answer``. ``prior`` are the
    parts of the quality as they are now; ``told.quality`` is their sum when the product was indexed. ``waits`` says
    that a change of the product isn't in the index yet.
    """

    query: Query
    asked: Asked
    told: Explanation
    corrected: str = ""
    relaxed: tuple[str, ...] = ()
    prior: Mapping[str, float] = field(default_factory=dict)
    waits: bool = False
    #: Its place among the goods behind a short page, from 1; None where it isn't one of them.
    behind: int | None = None
    #: How near its title is to the words in meaning, where only that brought it there: the cosine, at most 1.
    nearness: float | None = None

    @property
    def needed(self) -> int:
        """How many of the required words a product must have."""
        return min(self.query.least or self.asked.needed, len(self.asked.required))


def explain(query: Query, product: Product, *, exact: bool = False) -> Why:
    """Return why ``product`` is found for ``query``, and where, or why not; ``exact`` as in ``find``.

    Who may ask is the door's to decide: it tells how goods are ranked. Raises ``IndexNotReady``.
    """
    found = answered(replace(query, page=1, size=LARGEST_PAGE), exact=exact)
    return Why(
        query=found.query,
        asked=understand(found.query.text),
        told=index().explain(replace(found.query, size=Query().size), product.pk),
        corrected=found.corrected,
        relaxed=found.relaxed,
        prior=prior_of(product.pk),
        waits=Pending.objects.filter(product_id=product.pk).exists(),
        behind=found.more.index(product.pk) + 1 if product.pk in found.more else None,
        nearness=nearness_of(found.query.text, product.pk) if product.pk in found.close else None,
    )


def write_query(query: Query) -> str:
    """Return ``query`` as text for an address: JSON of what it asks for, without page, size and day.

    >>> write_query(Query(text="mug", kinds=frozenset({"trader", "factory"}), page=3))
    '{"kinds":["factory","trader"],"text":"mug"}'
    """
    nothing, left_out = asdict(Query()), {"page", "size", "today", "with_prices"}
    told: dict[str, Any] = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in asdict(query).items()
        if value != nothing[name] and name not in left_out
    }
    return msgspec.json.encode(told, order="sorted").decode()


def read_query(text: str) -> Query:
    """Return the query that ``write_query`` wrote; raises ``BadInput`` for any other text."""
    try:
        return sane(msgspec.json.decode(text, type=Query))
    except (msgspec.MsgspecError, UnicodeError):
        raise BadInput(_("This address is damaged. Open it from the results page again.")) from None
