"""Orders that wait to be paid, in a running house: ``python -m bench.payable make COUNT FOLDER``, and ``… settled``.

Both run in the environment of one of the house's processes. ``make`` writes what is to be asked, a line a request, for
``bench/paying.lua``: ``hot``, where one company pays everything from one wallet with one key, and ``uniform``, where
many do. Companies, keys and money come through the services; offers and orders by the thousand as rows, as the
services would have left them. ``settled`` tells what the books say afterwards, as one line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caigou.accounts.models import Company
    from caigou.catalogue.models import Product
    from caigou.kernel.actor import Actor
    from caigou.orders.models import Order

#: Companies that pay where many do.
MANY = 64
_NAME = "Bench buyer"
_QUANTITY = 240
_PRICE_MINOR = 12_10
_BATCH = 2_000


def make(count: int, folder: Path) -> None:
    """Write ``hot`` and ``uniform`` into ``folder``, each with ``count`` requests that pay an order each."""
    from caigou.catalogue.models import Product
    from caigou.house.services import change_setting
    from caigou.integrations.settings import REQUESTS_A_MINUTE
    from caigou.kernel.actor import SYSTEM

    change_setting(REQUESTS_A_MINUTE, str(REQUESTS_A_MINUTE.most), reason="a benchmark asks much", by=SYSTEM)
    product = Product.objects.filter(currency="CNY").select_related("supplier__company").order_by("pk").first()
    if product is None:
        raise SystemExit("the demonstration has no goods")
    for name, payers in (("hot", 1), ("uniform", MANY)):
        asked = _requests([_payer(f"{_NAME} {name} {number}") for number in range(payers)], product, count)
        (folder / name).write_text("".join(asked))


def settled() -> dict[str, Any]:
    """Return how many of these orders are paid, how many postings paid them, and what the auditors find."""
    from caigou.ledger.models import Journal
    from caigou.ledger.services import check_books
    from caigou.orders.models import Order

    paid = Order.objects.filter(buyer__name_en__startswith=_NAME, paid_at__isnull=False)
    posted = Journal.objects.filter(purpose="order.paid", source__in=paid.values("public_id"))
    return {"paid": paid.count(), "posted": posted.count(), "balanced": check_books().balanced}


def _payer(name: str) -> tuple[Company, Actor, str]:
    """Open a buying company with money in its wallet; return it with its key."""
    from caigou.accounts.current import actor_on
    from caigou.accounts.models import CompanyKind, User
    from caigou.accounts.services.join import found_company
    from caigou.integrations.services.keys import make_key
    from caigou.kernel.actor import SYSTEM
    from caigou.kernel.money import Money
    from caigou.ledger.services import Leg, open_account, post
    from caigou.payments.services.wallet import wallet_account

    person = User.objects.create_user(f"{name.replace(' ', '.').lower()}@bench.example", name=name)
    company = found_company(person, kind=CompanyKind.BUYER, name_en=name, country="AU")
    actor = actor_on(person.seats.select_related("company").get())
    _key, secret = make_key("bench", ["read:orders", "write:payments"], by=actor)
    gateway = open_account("gateway_clearing", "bench", "CNY")
    money = Leg.transfer(gateway, wallet_account(company, "CNY"), Money(10**13, "CNY"), "recharge")
    post("bench.recharge", company.public_id, [money], by=SYSTEM)
    return company, actor, secret


def _requests(payers: list[tuple[Company, Actor, str]], product: Product, count: int) -> Iterator[str]:
    """Place ``count`` orders, one payer after the other in turn; yield path, key, Idempotency-Key and body of each."""
    from caigou.kernel.money import Money

    total = Money(_PRICE_MINOR * _QUANTITY, product.currency)
    body = json.dumps({"expected": total.to_json()})
    for first in range(0, count, _BATCH):
        turns = [payers[number % len(payers)] for number in range(first, min(first + _BATCH, count))]
        for (_company, _actor, secret), order in zip(turns, _orders(turns, product), strict=True):
            path = f"/api/v1/orders/{order.public_id}/pay"
            yield f"{path}\t{secret}\tbench-{order.public_id}\t{body}\n"


def _orders(turns: list[tuple[Company, Actor, str]], product: Product) -> list[Order]:
    """Store an accepted offer and a placed order for each of ``turns``."""
    from caigou.kernel.clock import now
    from caigou.negotiation.models import Inquiry, InquiryStatus, Offer, OfferStatus
    from caigou.negotiation.sealing import seal_of
    from caigou.orders.models import Order, OrderEvent

    moment, seller, until = now(), product.supplier.company, now() + timedelta(days=2)
    common = {"quantity": _QUANTITY}
    priced = {**common, "currency": product.currency, "unit_price_minor": _PRICE_MINOR, "deliver_by": until.date()}
    inquiries = Inquiry.objects.bulk_create(
        Inquiry(buyer=buyer, seller=seller, product=product, language="en", status=InquiryStatus.ACCEPTED, **common)
        for buyer, _actor, _secret in turns
    )
    offers = [
        Offer(inquiry=inquiry, round=1, moq=_QUANTITY, valid_until=until, status=OfferStatus.ACCEPTED, **priced)
        for inquiry in inquiries
    ]
    for offer in offers:
        offer.ended_at, offer.sealed_terms = moment, {"offer": offer.public_id}
        offer.sealed_hash = seal_of(offer.sealed_terms)
    Offer.objects.bulk_create(offers)
    orders = Order.objects.bulk_create(
        Order(
            buyer=offer.inquiry.buyer,
            seller=seller,
            offer=offer,
            product=product,
            total_minor=_PRICE_MINOR * _QUANTITY,
            address={"name": "A", "line1": "1 Dock St", "city": "Melbourne", "country": "AU"},
            **priced,
        )
        for offer in offers
    )
    OrderEvent.objects.bulk_create(
        OrderEvent(order=order, what="placed", by_role=actor.role, by=str(actor))
        for order, (_company, actor, _secret) in zip(orders, turns, strict=True)
    )
    return orders


def main(command: str, *arguments: str) -> None:
    """Do what the command line says."""
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    if command == "make":
        make(int(arguments[0]), Path(arguments[1]))
    else:
        print(json.dumps(settled()))


if __name__ == "__main__":
    main(*sys.argv[1:])
