"""The figures for Prometheus: true, and only for whoever brings the token."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.factories import make_product

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-operator"


def lines(client: Client, token: str = TOKEN) -> dict[str, float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    rows = (line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def test_what_the_database_knows_is_told(settings: Any) -> None:
    settings.CAIGOU_METRICS_TOKEN = TOKEN
    make_product()
    make_product(status="withdrawn")
    told = lines(Client())
    assert told["caigou_products_listed"] == 1
    assert told["caigou_database_bytes"] > 1_000_000
    assert told["caigou_ledger_transfers"] == 0


def test_requests_are_counted_by_route_and_status(settings: Any) -> None:
    settings.CAIGOU_METRICS_TOKEN = TOKEN
    client = Client()
    name = 'caigou_request_seconds_count{route="healthz",status="200"}'
    before = lines(client).get(name, 0)
    client.get("/healthz")
    client.get("/nothing-is-here-4711")
    told = lines(client)
    assert told[name] == before + 1
    assert not any("4711" in line for line in told), "an address of nothing must not become a label"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}x", "Bearer \u00e9"])
def test_nobody_else_is_told(settings: Any, header: str) -> None:
    settings.CAIGOU_METRICS_TOKEN = TOKEN
    assert Client().get("/metrics", headers={"Authorization": header}).status_code == 404


def test_without_a_token_nobody_is_told(settings: Any) -> None:
    settings.CAIGOU_METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
