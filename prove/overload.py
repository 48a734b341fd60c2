"""Three times what the product can answer, for a minute (promise 23): it sheds, and the books stay right.

First 16 clients ask without a pause, which shows what it can answer; then requests arrive at three times that rate,
whether those before were answered or not, as from behind a proxy that says when each reached it. Afterwards every
payment that was confirmed is compared with the books, which are audited.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg

from prove.arrivals import Asked, Payer, ask_all_the_time, ask_at_a_rate
from prove.ground import Ground, use
from prove.judge import Verdict, ask_auditors, judge_balances, posted_in
from prove.product import product

#: So many keep the product busy; three times what they are answered is the overload.
BUSY, TIMES = 16, 3
SLOWEST_MS, FULL_SECONDS = 1_000.0, 60.0
_TOTAL = 2_904_00
_SHED = frozenset({429, 503})


def overload(server: Ground, *, seconds: float, seed: int) -> dict[str, Any]:
    """Find the rate in a sixth of the time, ask at three times of it for the whole, and compare with the books."""
    use(server, "overload")
    payers = _payers(BUSY, orders=max(10, int(seconds * 8)))
    with product(behind_proxy=True) as running:
        calm = asyncio.run(ask_all_the_time(running.port, payers, clients=BUSY, seconds=seconds / 6, seed=seed))
        rate = sum(each.status == 200 for each in calm) / (seconds / 6)
        storm = asyncio.run(ask_at_a_rate(running.port, payers, rate=TIMES * rate, seconds=seconds, seed=seed))
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as books:
        verdict = _judge([*calm, *storm], books)
    accepted = [each.milliseconds for each in storm if each.status == 200]
    p99 = sorted(accepted)[len(accepted) * 99 // 100] if accepted else float("inf")
    # Of a short run, beside whatever else a machine does, the time is told but not judged.
    if p99 > SLOWEST_MS and seconds >= FULL_SECONDS:
        verdict.broken["accepted_too_slowly"] = round(p99)
    return {
        "seconds": seconds,
        "answered_per_second": round(rate),
        "arrived_per_second": round(len(storm) / seconds),
        "accepted_per_second": round(len(accepted) / seconds),
        "p99_ms": round(p99),
        "statuses": dict(sorted(Counter(each.status for each in storm).items())),
        "paid": verdict.counts["paid"],
        "broken": dict(verdict.broken),
        **({"examples": verdict.examples} if verdict.examples else {}),
    }


def _payers(number: int, *, orders: int) -> list[Payer]:
    """Make buyers with money, and let each place orders."""
    from django.db import connections

    from caigou.house.services import change_setting
    from caigou.integrations.scopes import scopes_for
    from caigou.integrations.services.keys import make_key
    from caigou.integrations.settings import REQUESTS_A_MINUTE
    from caigou.kernel.actor import SYSTEM
    from caigou.kernel.money import Money
    from caigou.negotiation.services.answer import accept_offer
    from caigou.orders.services.place import place_order
    from tests.support import factories

    change_setting(REQUESTS_A_MINUTE, "100000", reason="a proof asks much", by=SYSTEM)
    supplier = factories.make_supplier()
    goods, payers = factories.make_product(supplier), []
    for _one in range(number):
        buyer = factories.make_buyer()
        address, placed = factories.make_address(buyer), []
        for _order in range(orders // number + 1):
            offer = factories.make_open_offer(factories.make_inquiry(buyer, goods), supplier)
            accept_offer(offer.pk, by=buyer.actor)
            order = place_order(offer.pk, quantity=offer.quantity, address_id=address.pk, by=buyer.actor)
            assert order.total == Money(_TOTAL, "CNY")
            placed.append(order.public_id)
        factories.fund(buyer, Money(_TOTAL * len(placed), "CNY"))
        payers.append(Payer(make_key("proof", scopes_for("buyer"), by=buyer.actor)[1], placed))
    connections.close_all()
    return payers


def _judge(asked: Sequence[Asked], books: psycopg.Connection[Any]) -> Verdict:
    verdict = Verdict()
    posted = posted_in(books, verdict)
    for each in asked:
        if each.status != 200 and each.status not in _SHED:
            verdict.blame(f"answered_{each.status}", each)
    wished = {each.order for each in asked if each.verb == "pay"}
    paid = {each.order for each in asked if each.verb == "pay" and each.status == 200}
    for order in paid:
        found = posted.get(f"order.paid:{order}")
        if found is None or [part.minor for part in found.parts] != [_TOTAL]:
            verdict.blame("confirmed_and_lost", order)
    for fact in posted:
        purpose, _, order = fact.partition(":")
        if purpose == "order.paid" and order not in wished:
            verdict.blame("posted_but_never_asked", fact)
    # What was turned away, and never answered otherwise, was not done.
    shed_only = wished - {each.order for each in asked if each.verb == "pay" and each.status not in _SHED}
    for order in shed_only:
        if f"order.paid:{order}" in posted:
            verdict.blame("shed_and_done", order)
    verdict.counts["paid"] = len(paid)
    judge_balances(books, posted.values(), verdict)
    ask_auditors(books, verdict)
    return verdict
