"""The process of live updates over real sockets, on real commits: what appears, when, for whom, and what is refused."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from caigou.catalogue.models import ImportRun
from caigou.catalogue.services.imports import import_file
from caigou.kernel.actor import SYSTEM
from caigou.live import tickets
from caigou.live.server import MOST_EACH
from caigou.negotiation.services.answer import accept_offer, decline_offer, withdraw_inquiry
from caigou.negotiation.services.offer import withdraw_offer
from caigou.orders.services.cancel import cancel_order
from caigou.orders.services.confirm import confirm_receipt
from caigou.orders.services.pay import pay_order
from caigou.orders.services.place import place_order
from caigou.orders.services.ship import ship_order
from tests.support.factories import (  # fmt: skip
    fund,
    make_address,
    make_buyer,
    make_deal,
    make_inquiry,
    make_open_offer,
    make_product,
    make_staff,
    make_supplier,
)
from tests.support.processes import wait_for

pytestmark = [pytest.mark.commits, pytest.mark.slow]

#: As a fork of the servers does it, which ends without taking the interpreter apart under granian's threads.
_SERVE = "import os, django; django.setup(); from caigou.live.server import serve; os._exit(serve('127.0.0.1', {}))"
#: A change is to be seen within two seconds (F12); the stream's own share of that.
SOON = 1.0


class Server:
    """The process, as the supervisor runs it."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen([sys.executable, "-c", _SERVE.format(self.port)], env=dict(os.environ))

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request(method, path, headers={name.title(): value for name, value in headers.items()})
        return line.getresponse()

    def health(self) -> dict[str, object]:
        try:
            said: dict[str, object] = json.load(self.ask("/live/healthz"))
        except OSError:
            return {}
        return said

    def is_ready(self) -> bool:
        return self.health().get("status") == "ok"


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    try:
        assert wait_for(started.is_ready), "the process of live updates doesn't answer"
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def path_of(client: Client, *words: str) -> str:
    address: str = client.get(reverse("live:ticket"), {"on": words}).json()["stream"]
    assert address.startswith("/live/stream?"), "one address for both, unless another is set"
    return address


def cookie(client: Client) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"


class Reader:
    """A browser's side of a stream."""

    def __init__(self, server: Server, client: Client, *words: str) -> None:
        self.answer = server.ask(path_of(client, *words), cookie=cookie(client), origin=settings.CAIGOU_BASE_URL)
        assert self.answer.status == 200, self.answer.status
        assert self.next() == ("hello", [""])

    def next(self) -> tuple[str, list[str]]:
        """Return the next event: its name and its lines."""
        name, lines = "", []
        while line := self.answer.readline().decode().rstrip("\n"):
            field, _colon, value = line.partition(": ")
            if field == "event":
                name = value
            else:
                lines.append(value)
        return name, lines

    def is_silent(self) -> bool:
        """Nothing has come since the last event."""
        return not select.select([self.answer], [], [], 0)[0]

    def ends(self) -> bool:
        """Read on until the stream has ended."""
        while self.next() != ("", []):
            pass
        return True

    def hears(self, *wanted: str) -> None:
        """Everything wanted is told, and soon."""
        began, left = time.monotonic(), set(wanted)
        while left:
            name, lines = self.next()
            assert name == "changed", (name, left)
            left -= set(lines)
        assert time.monotonic() - began < SOON


def test_each_line_of_the_log_reaches_both_sides_and_nobody_else(server: Server, tmp_path: Path) -> None:
    buyer, supplier, stranger = make_buyer(), make_supplier(), make_buyer("Somebody else")
    product = make_product(supplier)
    inquiry = make_inquiry(buyer, product)
    word = f"inquiry.{inquiry.public_id}"
    sides = [Reader(server, party.client(), word, "company") for party in (buyer, supplier)]
    elsewhere = Reader(server, stranger.client(), word, "company")

    def heard(word: str, do: Callable[[], object]) -> None:
        do()
        for side in sides:
            side.hears(word, "company")

    def offer() -> object:
        return make_open_offer(inquiry, supplier)

    def last() -> int:
        return inquiry.offers.latest("round").pk

    heard(word, offer)
    heard(word, lambda: decline_offer(last(), by=buyer.actor))
    heard(word, offer)
    heard(word, lambda: withdraw_offer(last(), by=supplier.actor))
    heard(word, offer)
    with transaction.atomic():
        accept_offer(last(), by=buyer.actor)
        time.sleep(0.2)
        assert all(side.is_silent() for side in sides), "told before it is true"
    for side in sides:
        side.hears(word, "company")

    address = make_address(buyer)
    order = place_order(last(), quantity=product.moq, address_id=address.pk, by=buyer.actor)
    for side in sides:
        side.hears("company")
    word = f"order.{order.public_id}"
    sides = [Reader(server, party.client(), word, "company") for party in (buyer, supplier)]
    heard(word, lambda: pay_order(order.pk, by=buyer.actor))  # it waits for money
    fund(buyer, order.total)
    heard(word, lambda: cancel_order(order.pk, reason="Too late.", by=buyer.actor))
    other = make_deal(buyer=buyer, supplier=supplier).place_paid()
    for side in sides:
        side.hears("company")
    word = f"order.{other.public_id}"
    sides = [Reader(server, party.client(), word, "company") for party in (buyer, supplier)]
    heard(word, lambda: ship_order(other.pk, carrier="SF", tracking_number="SF1", by=supplier.actor))
    heard(word, lambda: confirm_receipt(other.pk, by=buyer.actor))

    assert elsewhere.is_silent(), "others hear of it"
    withdraw_inquiry(make_inquiry(stranger, product).pk, by=stranger.actor)
    elsewhere.hears("company")
    _an_import_is_followed(server, tmp_path)


def _an_import_is_followed(server: Server, folder: Path) -> None:
    """Between its first batch and its end somebody opens its page."""
    readers: list[Reader] = []

    def open_page(_rows: int, _of: int | None) -> None:
        readers.append(Reader(server, make_staff().client(), f"import.{ImportRun.objects.get().public_id}"))

    file = folder / "goods.csv"
    file.write_text("external_id,title_en,price,currency,moq\nA1,Mug,1.00,USD,10\n")
    run = import_file(file, by=SYSTEM, supplier=make_supplier("Files only").company.supplier, progress=open_page)
    [reader] = readers
    reader.hears(f"import.{run.public_id}")


def test_what_is_no_business_of_the_caller_is_refused(server: Server) -> None:
    deal = make_deal()
    client, other = deal.buyer.client(), deal.supplier.client()
    path, mine = path_of(client, "company"), cookie(client)
    base = settings.CAIGOU_BASE_URL
    for wanted, given, headers in (
        (403, path[:-2] + "xx", {"cookie": mine, "origin": base}),
        (403, "/live/stream", {"cookie": mine, "origin": base}),
        (403, path, {"origin": base}),
        (403, path, {"cookie": cookie(other), "origin": base}),
        (403, path, {"cookie": mine, "origin": "http://localhost:9"}),
        (403, path, {"cookie": mine, "origin": "null"}),
        (403, path, {"cookie": mine, "origin": base + ".evil.example"}),
        (404, "/", {"cookie": mine}),
        (404, "/live/ticket", {"cookie": mine}),
    ):
        answer = server.ask(given, **headers)
        assert (answer.status, answer.read()) == (wanted, b""), (given, headers)
        assert answer.headers["Access-Control-Allow-Origin"] is None
    assert server.ask(path, "POST", cookie=mine, origin=base).status == 405

    with closing(server.ask(path, cookie=mine, origin=base)) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == base
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert (answer.headers["Content-Type"], answer.headers["X-Accel-Buffering"]) == ("text/event-stream", "no")
    with closing(server.ask(path, cookie=mine)) as answer:
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] is None
    assert wait_for(lambda: server.health()["streams"] == 0), "who has gone is still counted"


def test_a_stream_ends_with_its_ticket_a_person_has_only_so_many_and_no_database_is_no_end(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_buyer().client()
    monkeypatch.setattr(tickets, "SECONDS", 2)
    short = Reader(server, client, "company")
    monkeypatch.undo()
    began = time.monotonic()
    readers = [Reader(server, client, "company") for _ in range(MOST_EACH - 1)]
    assert server.ask(path_of(client, "company"), cookie=cookie(client)).status == 429
    assert short.ends()
    assert time.monotonic() - began < 4
    assert wait_for(lambda: server.health()["streams"] == len(readers))
    _a_lost_database_is_listened_to_again(server)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert readers[0].ends()
    assert server.process.wait(5) == 0
    assert time.monotonic() - began < 3


def _a_lost_database_is_listened_to_again(server: Server) -> None:
    deal = make_deal()
    reader = Reader(server, deal.buyer.client(), "company", f"inquiry.{deal.inquiry.public_id}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            # The other workers of a test run have their databases in the same server.
            " WHERE datname = current_database() AND query LIKE 'LISTEN caigou_changes%'"
        )
        assert cursor.fetchall() == [(True,)], "one connection listens for all streams"
    assert reader.next() == ("changed", ["company", f"inquiry.{deal.inquiry.public_id}"])
    deal.place()
    reader.hears("company")
