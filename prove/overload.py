"""Too many at once (promise 23): three times the clients that keep the product busy, and the books stay right.

Clients ask again the moment they were answered: recharges, balances, and payments of orders. Afterwards every payment
that was confirmed is compared with the books, which are audited.
"""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from prove.crowd import Crowd, Kills
from prove.ground import Ground, use
from prove.judge import Verdict, ask_auditors, judge_balances, posted_in
from prove.logs import Log, lines_of
from prove.over_http.client import Client
from prove.product import product

#: So many keep the product's threads busy; thrice as many are the overload.
BUSY, _TIMES, _PROCESSES = 16, 3, 4
SLOWEST_MS, FULL_SECONDS = 1_000.0, 60.0
_TOTAL = 2_904_00
_FEW = frozenset({429, 503})


class Asked(NamedTuple):
    """One request: what, about which order, how it was answered, and how long that took."""

    verb: str
    order: str
    status: int
    milliseconds: float
    phase: int


#: Method, address and body of each wish.
_WISHES: Mapping[str, tuple[str, str, bytes | None]] = {
    "pay": ("POST", "orders/{order}/pay", b'{"expected":{"amount":"2904.00","currency":"CNY"}}'),
    "recharge": ("POST", "recharges", b'{"amount":{"amount":"10.00","currency":"CNY"},"gateway":"sandbox"}'),
    "balances": ("GET", "balances", None),
}


class _Phase(NamedTuple):
    number: int
    clients: int
    seconds: float


class Payer(NamedTuple):
    """A buyer's key, and orders that it has placed."""

    secret: str
    orders: list[str]


def overload(server: Ground, *, seconds: float, seed: int) -> dict[str, Any]:
    """Ask with 16 clients for a third of the time, with 48 for the whole, and compare with the books."""
    use(server, "overload")
    clients = BUSY * _TIMES
    payers = _payers(clients, orders=max(4, int(seconds) // 3))
    with tempfile.TemporaryDirectory(prefix="caigou-prove-") as name, product() as running:
        folder = Path(name)
        for phase in (_Phase(0, BUSY, seconds / 3), _Phase(1, clients, seconds)):
            each = phase.clients // _PROCESSES
            runs = [
                partial(_be_clients, running.port, payers[at : at + each], phase, folder / f"asked-{phase.number}-{at}")
                for at in range(0, phase.clients, each)
            ]
            Crowd(server, runs, lambda: 0.0, Kills(), seed, patience=phase.seconds + 60).run()
        asked = [Asked(*line) for path in folder.glob("asked-*") for line in lines_of(path)]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as books:
        broken = _judge(asked, books)
    rates = [sum(each.phase == 0 and each.status == 200 for each in asked) / (seconds / 3)]
    rates.append(sum(each.phase == 1 and each.status == 200 for each in asked) / seconds)
    p99 = _p99([each.milliseconds for each in asked if each.phase == 1 and each.status == 200])
    # Of a short run, beside whatever else a machine does, the time is told but not judged.
    if p99 > SLOWEST_MS and seconds >= FULL_SECONDS:
        broken["accepted_too_slowly"] = round(p99)
    return {
        "clients": clients,
        "seconds": seconds,
        "answered_per_second": {BUSY: round(rates[0]), clients: round(rates[1])},
        "p99_ms": round(p99),
        "statuses": dict(sorted(Counter(each.status for each in asked).items())),
        "paid": sum(each.verb == "pay" and each.status == 200 for each in asked),
        "broken": dict(broken),
    }


def _payers(number: int, *, orders: int) -> list[Payer]:
    """Make a buyer with money for each client, and let it place orders."""
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
        for _order in range(orders):
            offer = factories.make_open_offer(factories.make_inquiry(buyer, goods), supplier)
            accept_offer(offer.pk, by=buyer.actor)
            order = place_order(offer.pk, quantity=offer.quantity, address_id=address.pk, by=buyer.actor)
            assert order.total == Money(_TOTAL, "CNY")
            placed.append(order.public_id)
        factories.fund(buyer, Money(_TOTAL * orders, "CNY"))
        payers.append(Payer(make_key("proof", scopes_for("buyer"), by=buyer.actor)[1], placed))
    connections.close_all()
    return payers


def _be_clients(port: int, payers: Sequence[Payer], phase: _Phase, path: Path) -> None:
    """Be a client for each payer, each a thread."""
    log, end = Log(path), time.monotonic() + phase.seconds
    threads = [threading.Thread(target=_ask_on, args=(Client(port), payer, phase, end, log)) for payer in payers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ask_on(client: Client, payer: Payer, phase: _Phase, end: float, log: Log) -> None:
    draw, turn = random.Random(f"{phase.number}:{payer.orders[0]}"), 0
    # The first phase leaves most orders for the second.
    waiting = payer.orders[: len(payer.orders) // 4] if phase.number == 0 else list(payer.orders)
    while time.monotonic() < end:
        turn += 1
        verb, order = draw.choice(tuple(_WISHES)), ""
        if verb == "pay":
            order = waiting.pop() if waiting else draw.choice(payer.orders)
        method, path, body = _WISHES[verb]
        headers = {
            "Authorization": f"Bearer {payer.secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"overload-{phase.number}-{turn}",
        }
        began = time.monotonic()
        reply = client.once(method, "/api/v1/" + path.format(order=order), body, headers)
        took = (time.monotonic() - began) * 1_000
        log.write(Asked(verb, order, reply.status if reply else 0, round(took, 1), phase.number))
    client.close()


def _judge(asked: Sequence[Asked], books: psycopg.Connection[Any]) -> Counter[str]:
    verdict = Verdict()
    posted = posted_in(books, verdict)
    for each in asked:
        if each.status != 200 and each.status not in _FEW:
            verdict.blame(f"answered_{each.status}", each)
    paid = {each.order for each in asked if each.verb == "pay" and each.status == 200}
    for order in paid:
        found = posted.get(f"order.paid:{order}")
        if found is None or [part.minor for part in found.parts] != [_TOTAL]:
            verdict.blame("confirmed_and_lost", order)
    refused = {each.order for each in asked if each.verb == "pay"} - paid
    booked = {fact.partition(":")[2] for fact in posted if fact.startswith("order.paid:")}
    for order in booked - paid - refused:
        verdict.blame("posted_but_never_asked", order)
    judge_balances(books, posted.values(), verdict)
    ask_auditors(books, verdict)
    return verdict.broken


def _p99(figures: list[float]) -> float:
    return sorted(figures)[len(figures) * 99 // 100] if figures else float("inf")
