"""A small world for tests, made through the services wherever there is one: plain functions, no magic.

The numbers that a test is about are written in the test; what stands here is only the rest of the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.test import Client

from caigou.accounts.current import actor_on
from caigou.accounts.fresh import SEEN
from caigou.accounts.models import Address, Company, CompanyKind, User
from caigou.accounts.services.addresses import save_address
from caigou.accounts.services.join import found_company
from caigou.catalogue.models import Category, PriceTier, Product, Supplier
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.services import Leg, open_account, post
from caigou.negotiation.models import Inquiry, Offer
from caigou.negotiation.services.answer import accept_offer
from caigou.negotiation.services.ask import ask_for_offer
from caigou.negotiation.services.offer import Terms, make_offer
from caigou.orders.models import Order
from caigou.orders.services.pay import pay_order
from caigou.orders.services.place import place_order
from caigou.orders.services.ship import ship_order
from caigou.payments.services.wallet import wallet_account

_number = count(1)


@dataclass(frozen=True, slots=True)
class Party:
    """A person on a seat of a company: what a service wants as ``by``, and what a page wants as a session."""

    user: User
    company: Company
    actor: Actor

    def client(self, language: str = "en") -> Client:
        """Return a browser in which this person is signed in and reads ``language``."""
        client = Client()
        sign_in(client, self.user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client


def sign_in(client: Client, user: User) -> None:
    """Let a person have signed in just now."""
    client.force_login(user)
    session = client.session
    session[SEEN] = now().timestamp()
    session.save()


def make_party(kind: str, name: str, *, name_zh: str = "", country: str = "AU", language: str = "en") -> Party:
    """Open a company of ``kind`` with one person."""
    user = User.objects.create_user(f"person{next(_number)}@example.test", name=f"Kim {name}", language=language)
    company = found_company(user, kind=kind, name_en=name, name_zh=name_zh, country=country)
    return Party(user, company, actor_on(user.seats.select_related("company").get()))


def make_buyer(name: str = "Harbour & Pine") -> Party:
    return make_party(CompanyKind.BUYER, name)


def make_staff() -> Party:
    return make_party(CompanyKind.OPERATOR, "Caigou", country="CN")


def make_supplier(name: str = "Yiwu Qingyao Ceramics", **fields: Any) -> Party:
    """A selling company; ``fields`` are those of ``catalogue.Supplier``."""
    party = make_party(CompanyKind.SUPPLIER, name, name_zh="义乌青窑陶瓷", country="CN", language="zh-hans")
    Supplier.objects.create(company=party.company, **{"kind": "factory", "city": "Yiwu", "city_zh": "义乌", **fields})
    return party


def make_product(
    supplier: Party | None = None,
    *,
    tiers: tuple[tuple[int, int], ...] = ((240, 13_80), (720, 12_60)),
    currency: str = "CNY",
    **fields: Any,
) -> Product:
    """A listed product; ``tiers`` are (from quantity, unit price in minor units)."""
    seller = supplier or make_supplier()
    category, _new = Category.objects.get_or_create(
        slug="mugs", defaults={"name_en": "Mugs", "name_zh": "马克杯", "drawing": "mug"}
    )
    values: dict[str, Any] = {
        "title_en": "Reactive-glaze ceramic mug",
        "title_zh": "窑变釉陶瓷马克杯",
        "moq": 240,
        "order_multiple": 24,
        "source": "test",
        "external_id": f"P{next(_number)}",
        "category": category,
    }
    product = Product.objects.create(supplier=seller.company.supplier, currency=currency, **{**values, **fields})
    PriceTier.objects.bulk_create(
        PriceTier(product=product, from_quantity=least, unit_price_minor=minor) for least, minor in tiers
    )
    return product


def make_inquiry(
    buyer: Party, product: Product, *, quantity: int | None = None, wish: str = "Blue, please."
) -> Inquiry:
    """The buyer asks for the product's MOQ, or for ``quantity``."""
    return ask_for_offer(product.pk, quantity=quantity or product.moq, wish=wish, language="en", by=buyer.actor)


def terms_for(inquiry: Inquiry, **terms: Any) -> Terms:
    """Terms that answer the inquiry; ``terms`` are the ones that a test is about."""
    values: dict[str, Any] = {
        "unit_price": Money(12_10, inquiry.product.currency),
        "quantity": inquiry.quantity,
        "moq": min(inquiry.product.moq, inquiry.quantity),
        "deliver_by": now().date() + timedelta(days=30),
        "valid_until": now() + timedelta(hours=48),
        "note": "含运费。",
    }
    return Terms(**{**values, **terms})


def make_open_offer(inquiry: Inquiry, supplier: Party, **terms: Any) -> Offer:
    """The supplier's offer for the inquiry, open for two days."""
    return make_offer(inquiry.pk, terms_for(inquiry, **terms), by=supplier.actor)


def make_address(party: Party, **fields: str) -> Address:
    """An address of the party's company."""
    values = {"name": "Hannah Park", "phone": "+61 3 9000 0000", "line1": "12 Dock St", "city": "Melbourne"}
    return save_address({**values, "region": "VIC", "postcode": "3056", "country": "AU", **fields}, by=party.actor)


def fund(party: Party, amount: Money) -> None:
    """Put money into the party's wallet, as a recharge does."""
    wallet = wallet_account(party.company, amount.currency)
    leg = Leg.transfer(open_account("gateway_clearing", "test", amount.currency), wallet, amount, "recharge")
    post("recharge", f"test-{next(_number)}", [leg], by=SYSTEM)


@dataclass(frozen=True, slots=True)
class Deal:
    """A buyer and a supplier with an accepted offer between them, and the address where the goods go."""

    buyer: Party
    supplier: Party
    product: Product
    inquiry: Inquiry
    offer: Offer
    address: Address

    def place(self, quantity: int | None = None) -> Order:
        return place_order(
            self.offer.pk,
            quantity=quantity or self.offer.quantity,
            address_id=self.address.pk,
            by=self.buyer.actor,
        )

    def place_paid(self) -> Order:
        """An order in escrow; the wallet gets exactly what it costs."""
        order = self.place()
        fund(self.buyer, order.total)
        return pay_order(order.pk, by=self.buyer.actor)

    def place_shipped(self) -> Order:
        order = self.place_paid()
        return ship_order(order.pk, carrier="SF Express", tracking_number="SF1029384756", by=self.supplier.actor)


def make_deal(*, buyer: Party | None = None, supplier: Party | None = None, quantity: int = 240, **terms: Any) -> Deal:
    """Walk from the inquiry to the accepted offer."""
    buyer, supplier = buyer or make_buyer(), supplier or make_supplier()
    product = make_product(supplier)
    inquiry = make_inquiry(buyer, product, quantity=quantity)
    offer = accept_offer(make_open_offer(inquiry, supplier, **terms).pk, by=buyer.actor)
    return Deal(buyer, supplier, product, inquiry, offer, make_address(buyer))
