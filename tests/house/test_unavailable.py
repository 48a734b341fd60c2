"""While the database is away, or others hold what is wanted, everybody is told to come again, and nothing is lost."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections, connection
from django.test import Client
from django.urls import reverse

from caigou.api.tests.keyed import Program
from caigou.payments.bank.tests.banking import person
from caigou.wallets.opening.models import OpeningFile
from caigou.wallets.opening.services import take_in
from tests.support.factories import make_buyer, make_deal, make_product, make_staff

pytestmark = pytest.mark.commits

HEAD, DAY = "kind,company,currency,amount,reference", date(2026, 9, 1)


@contextmanager
def away() -> Iterator[None]:
    """As if PostgreSQL had stopped: the connection is gone, and nobody answers where it listened."""
    settings = connection.settings_dict
    usual, settings["HOST"] = settings["HOST"], "/nowhere"
    connection.close()
    try:
        yield
    finally:
        settings["HOST"] = usual
        connection.close()


@contextmanager
def locked(statement: str, *values: Any) -> Iterator[None]:
    """Somebody else holds what ``statement`` locks, for longer than anybody waits."""
    with closing(psycopg.connect(os.environ["DATABASE_OWNER_URL"])) as other:
        other.execute(statement, values)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20ms'")
        yield
        other.rollback()


def told(answer: Any) -> str:
    """The text of a page, with its apostrophes."""
    return str(answer.content.decode().replace("&#x27;", "'"))


def patient(client: Client) -> Client:
    client.raise_request_exception = False
    return client


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def test_without_a_database_all_are_told_when_to_come_again_and_then_served(caplog: Any) -> None:
    buyer, goods = make_buyer(), make_product()
    client, stranger, program = patient(buyer.client()), patient(Client()), Program(buyer)
    product = reverse("web:product", args=[goods.public_id])
    with away():
        pages = [client.get("/"), stranger.get(product, headers={"Accept-Language": "zh-CN"})]
        sent = client.post(reverse("web:recharge"), {"amount": "10.00"})
        answers = [program.get("balances"), stranger.get(f"/api/v1/products/{goods.public_id}")]
        answers.append(program.post("recharges", {"amount": {"amount": "10.00", "currency": "CNY"}}))
        assert [stranger.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]
    for answer in (*pages, sent, *answers):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Our database doesn't answer" in told(pages[0])
    assert f'href="{product}"' in told(pages[1]), "a way to try again"
    assert 'lang="zh-Hans"' in told(pages[1])
    assert "look whether it has arrived" in told(sent)
    assert {(answer.json()["code"], *answer.json()) for answer in answers} == {
        ("unavailable", "code", "message", "fields")
    }
    assert errors(caplog) == [], "no fault of ours"
    assert [client.get("/").status_code, program.get("balances").status_code] == [200, 200]


def test_a_connection_that_breaks_in_the_middle_is_no_fault_and_the_next_request_has_a_new_one(caplog: Any) -> None:
    client = patient(make_buyer().client())

    def cut(execute: Any, *arguments: Any) -> Any:
        pid = connection.connection.info.backend_pid
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 1000)", [pid])
        return execute(*arguments)

    with connection.execute_wrapper(cut):
        answer = client.get("/")
    assert (answer.status_code, answer.headers["Retry-After"], errors(caplog)) == (503, "5", [])
    close_old_connections()  # as a server does after each request
    assert client.get("/").status_code == 200


def test_who_meets_a_lock_is_told_to_try_again_and_nothing_is_lost(caplog: Any) -> None:
    deal = make_deal()
    order = deal.place()
    finance, buyer = patient(make_staff().client()), patient(deal.buyer.client())
    rows = f"{HEAD}\nwallet,{deal.buyer.company.public_id},CNY,30.00,old/1\n".encode()
    file = take_in(rows, "old.csv", day=DAY, by=person()).file
    assert file is not None
    page = reverse("console:opening_file", args=[file.public_id])
    post = {"do": "post", "seen": file.sha256}
    with locked("SELECT 1 FROM wallets_openingfile WHERE id = %s FOR UPDATE", file.pk):
        assert finance.post(page, post).headers["Location"] == page
    assert "nothing was done. Please try again" in told(finance.get(page))
    assert OpeningFile.objects.get().status == "proposed"

    upload = SimpleUploadedFile("more.csv", rows.replace(b"old/1", b"old/2"))
    with locked("LOCK TABLE wallets_openingrow IN SHARE MODE"):
        refused = finance.post(reverse("console:opening"), {"file": upload, "day": DAY.isoformat()})
    assert (refused.status_code, "nothing was done. Please try again" in told(refused)) == (422, True)

    cancel = reverse("web:order_cancel", args=[order.public_id])
    with locked("LOCK TABLE orders_order IN EXCLUSIVE MODE"):
        answer = buyer.post(cancel, {"reason": "Too late."})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "so nothing was done" in told(answer)
    assert "Load this page again to send the same once more." in told(answer)
    assert errors(caplog) == []

    assert buyer.post(cancel, {"reason": "Too late."}).status_code == 302, "the same again is done"
    finance.post(page, post)
    assert OpeningFile.objects.get().status == "posted"
