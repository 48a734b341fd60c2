"""What a list shows of goods: one question to the database, plain values, no model instances.

Their categories are told by the tree that the process remembers. A page of results and the search API read the same
cards, so a figure is the same in both. Prices are in the product's own currency; a listed price is never an offer.
They are tuples, made many thousand times a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from caigou.catalogue.models import ProductStatus, QuoteKind, mark_today
from caigou.catalogue.pricing import Tier, next_valid_quantity
from caigou.catalogue.tree import branch_of
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.kernel.prepared import fetch_all

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: So many suppliers are remembered, about a kilobyte each: every page has goods of those that the last one had.
SUPPLIERS = 2_000


class CardCompany(NamedTuple):
    """The company behind a supplier, by name."""

    name_en: str
    name_zh: str


class CardSupplier(NamedTuple):
    """Who sells; read like the model ``Supplier``."""

    public_id: str
    company: CardCompany
    kind: str
    qualification: str
    verified_until: date | None
    country: str
    province: str
    province_zh: str
    city: str
    city_zh: str

    @property
    def valid_qualification(self) -> str:
        """What counts of it today: see ``mark_today``."""
        return mark_today(self.qualification, self.verified_until)


class Card(NamedTuple):
    """A product in a list; read like the model ``Product``. ``steps`` are quantity and minor units, rising."""

    pk: int
    public_id: str
    title_en: str
    title_zh: str
    unit: str
    currency: str
    quote_type: str
    moq: int
    order_multiple: int
    lead_days: int | None
    sample_offered: bool | None
    own_logo: bool
    rating_tenths: int | None
    rating_count: int
    sold: int | None
    cover: str
    #: Its own drawing; empty where that of its category stands for it.
    drawing: str
    hue: int
    look: int
    status: str
    source: str
    #: Microseconds since 1970: turning 48 of them into moments would cost as much as all else of a page.
    fetched_us: int
    updated_us: int
    category_id: int | None
    steps: Sequence[tuple[int, int]]
    supplier: CardSupplier

    @property
    def category(self) -> str:
        """The path of its category, empty without one."""
        branch = branch_of(self.category_id)
        return branch.path if branch else ""

    @property
    def picture(self) -> str:
        """The key of the drawing to show where there is no photo; as the model's property of that name."""
        if self.drawing:
            return self.drawing
        branch = branch_of(self.category_id)
        return branch.drawing if branch else "carton"

    @property
    def fetched_at(self) -> datetime:
        """When the data were read at their source."""
        return _EPOCH + timedelta(microseconds=self.fetched_us)

    @property
    def updated_at(self) -> datetime:
        """When the product was changed last."""
        return _EPOCH + timedelta(microseconds=self.updated_us)

    @property
    def tiers(self) -> list[Tier]:
        """The price ladder; of goods priced per variant: the cheapest one from the MOQ on."""
        return [Tier(quantity, Money(minor, self.currency)) for quantity, minor in self.steps]

    def orderable(self, quantity: int | None) -> int:
        """Return the smallest quantity that can be ordered and is at least ``quantity``; without one, the smallest."""
        return next_valid_quantity(moq=self.moq, multiple=self.order_multiple, quantity=quantity or 1)

    def unit_price(self, quantity: int | None) -> Money | None:
        """Return what one unit costs at ``orderable(quantity)``, None for goods without a price (F5)."""
        return self.price_of(self.orderable(quantity))

    def price_of(self, many: int) -> Money | None:
        """Return what one unit costs when ``many`` are ordered, None for goods without a price."""
        price = None
        for reached, minor in self.steps:  # as ``tier_for`` does, without making every tier of every card
            if price is None or reached <= many:
                price = minor
        return None if price is None else Money(price, self.currency)


#: The rule of ``ProductQuerySet.visible_to`` for ``seen_by``'s values; a test holds the two together.
SEEN = "(%s::boolean OR p.status = %s OR s.company_id = %s::bigint)"
#: The same where the supplier isn't joined.
_SEEN_ALONE = (
    "(%s::boolean OR p.status = %s"
    " OR p.supplier_id = (SELECT o.id FROM catalogue_supplier o WHERE o.company_id = %s::bigint))"
)
#: Arrays instead of joined rows: a product stays one row, each array is one look into a unique index, and the planner
#: isn't tempted to read all suppliers for a page of twenty goods.
_CARDS = """
SELECT p.id, p.public_id, p.title_en, p.title_zh, p.unit, p.currency, p.quote_type, p.moq, p.order_multiple,
       p.lead_days, p.sample_offered, p.own_logo, p.rating_tenths, p.rating_count, p.sold, p.cover,
       p.drawing, p.hue, p.look, p.status, p.source,
       (extract(epoch FROM p.fetched_at) * 1000000)::bigint, (extract(epoch FROM p.updated_at) * 1000000)::bigint,
       p.category_id,
       ARRAY(SELECT ARRAY[t.from_quantity, t.unit_price_minor] FROM catalogue_pricetier t
              WHERE t.product_id = p.id ORDER BY t.from_quantity),
       CASE WHEN p.quote_type = 'per_variant' THEN
            (SELECT min(v.unit_price_minor) FROM catalogue_variant v WHERE v.product_id = p.id) END,
       (SELECT ARRAY[s.public_id, c.name_en, c.name_zh, s.kind, s.qualification, s.verified_until::text, s.country,
                     s.province, s.province_zh, s.city, s.city_zh]
          FROM catalogue_supplier s JOIN accounts_company c ON c.id = s.company_id WHERE s.id = p.supplier_id)
  FROM catalogue_product p
 WHERE {which} AND {seen}
 {order}
"""
_BY_ID = _CARDS.format(which="p.id = ANY(%s::bigint[])", seen=_SEEN_ALONE, order="")
_BY_PUBLIC_ID = _CARDS.format(which="p.public_id = ANY(%s::text[])", seen=_SEEN_ALONE, order="")
_NEWEST = _CARDS.format(which="p.status = 'listed'", seen=_SEEN_ALONE, order="ORDER BY p.id DESC LIMIT %s::int")
_OWN = 24  # columns of the product itself


def cards_of(ids: Sequence[int], *, actor: Actor | None) -> list[Card]:
    """Return the cards of the products with these ids that ``actor`` may see, in the order of ``ids``. One query."""
    if not ids:
        return []
    listed = "{" + ",".join(map(str, ids)) + "}"  # a list would be looked through for what its members are
    found = {card.pk: card for card in _read(_BY_ID, [listed, *seen_by(actor)])}
    return [found[pk] for pk in ids if pk in found]


def cards_named(public_ids: Sequence[str], *, actor: Actor | None) -> list[Card]:
    """The same by public id."""
    if not public_ids:
        return []
    found = {card.public_id: card for card in _read(_BY_PUBLIC_ID, [list(public_ids), *seen_by(actor)])}
    return [found[public_id] for public_id in public_ids if public_id in found]


def newest_cards(most: int) -> list[Card]:
    """Return the listed goods that came last, at most ``most``. One query."""
    return _read(_NEWEST, [*seen_by(None), most])


def seen_by(actor: Actor | None) -> list[Any]:
    """Return the values of ``SEEN``: all see listed goods, a supplier its own, staff all."""
    everything = actor is not None and (actor.is_staff or actor.is_system)
    own = actor.company_id if actor is not None and actor.role == "supplier" else None
    return [everything, ProductStatus.LISTED, own]


def _read(statement: str, values: list[Any]) -> list[Card]:
    return [_card(row) for row in fetch_all(statement, values)]


def _card(row: tuple[Any, ...]) -> Card:
    moq, steps, cheapest = row[7], row[_OWN], row[_OWN + 1]
    if row[6] == QuoteKind.PER_VARIANT:
        steps = [(moq, cheapest)] if cheapest is not None else []
    return Card._make((*row[:_OWN], steps, _supplier(*row[_OWN + 2])))


@lru_cache(maxsize=SUPPLIERS)
def _supplier(*told: Any) -> CardSupplier:
    """Return a supplier, remembered by all that the database said of it just now: so a change is seen at once."""
    public_id, name_en, name_zh, kind, qualification, until, *place = told
    verified_until = date.fromisoformat(until) if until else None
    return CardSupplier(public_id, CardCompany(name_en, name_zh), kind, qualification, verified_until, *place)
