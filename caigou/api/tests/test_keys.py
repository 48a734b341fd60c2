"""Keys at the door: who acts, within which scopes, how often; nothing of another company's (D5, promises 6 and 22)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from caigou.accounts.services.people import deactivate_person
from caigou.api.tests.keyed import Program
from caigou.api.whose import KeyOut
from caigou.house.services import change_setting
from caigou.integrations.models import ApiKey, Tally
from caigou.integrations.services.keys import revoke_key
from caigou.integrations.settings import REQUESTS_A_MINUTE
from caigou.kernel.actor import SYSTEM
from caigou.kernel.money import Money
from caigou.ledger.models import Journal
from caigou.ledger.services import quote_exchange
from caigou.orders.models import OrderEvent
from tests.support.factories import fund, make_buyer, make_deal, make_staff, make_supplier

pytestmark = pytest.mark.django_db


def test_a_key_says_whose_it_is_and_is_stored_as_a_hash() -> None:
    program = Program(make_buyer(), "read:orders")
    body = program.get("key").json()
    assert KeyOut.model_validate(body, strict=True).model_dump() == body
    assert (body["prefix"], body["scopes"], body["role"]) == (program.key.prefix, ["read:orders"], "buyer")
    stored = ApiKey.objects.values().get()
    assert stored["last_used_at"] is not None
    assert program.secret[-20:] not in str(stored)


def test_what_is_no_key_opens_nothing_and_neither_does_a_session() -> None:
    program = Program(make_buyer())
    signed_in = make_buyer("Others").client()
    for told in (
        "",
        "Bearer",
        "Bearer x",
        f"Bearer {program.secret}x",
        f"Basic {program.secret}",
        "Bearer cgk_é",
        "Bearer cgk_" + "\x00" * 40,
    ):
        answer = signed_in.get("/api/v1/key", headers={"Authorization": told})
        assert (answer.status_code, answer.json()["code"]) == (401, "key_needed"), told
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_ends_with_its_revocation_and_with_its_makers_seat() -> None:
    buyer, staff = make_buyer(), make_staff()
    revoked, orphaned = Program(buyer), Program(buyer)
    revoke_key(revoked.key.pk, by=buyer.actor)
    assert revoked.get("key").status_code == 401
    assert orphaned.get("key").status_code == 200
    buyer.user.seats.all().delete()
    assert orphaned.get("key").status_code == 401
    other = make_buyer("Others")
    program = Program(other)
    deactivate_person(other.user.pk, by=staff.actor)
    assert program.get("key").status_code == 401


@pytest.mark.slow
def test_each_operation_asks_for_its_scope_and_shows_only_ones_own() -> None:
    deal = make_deal()
    order, stranger = deal.place_paid(), make_buyer("Stranger")
    own, theirs = Program(deal.buyer), Program(stranger)
    document = Client().get("/api/v1/openapi.json").json()
    ids = {
        "orders": order.public_id,
        "offers": deal.offer.public_id,
        "requests": deal.inquiry.public_id,
        "recharges": "0" * 20,
        "exchange": quote_exchange(
            deal.buyer.company.public_id, Money(8_00, "CNY"), "USD", rate=Decimal("0.125"), rate_source="test"
        ).public_id,
    }
    tried = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "x-scope" not in operation or operation["x-scope"] == "any":
                continue
            tried += 1
            address = path.removeprefix("/api/v1/").replace("{public_id}", ids.get(path.split("/")[3], ""))
            scope = operation["x-scope"]
            lacking = Program(deal.buyer, *(other for other in own.key.scopes if other != scope))
            refused = ask(lacking, method, address)
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing"), address
            if "{public_id}" in path:
                assert ask(theirs, method, address).status_code == 404, address
            may = ask(own, method, address)
            assert may.status_code in {200, 403, 404, 422}, address
            assert may.json().get("code") != "scope_missing", address
    assert tried == 24


_SUM = {"expected": {"amount": "1.00", "currency": "CNY"}}


def ask(program: Program, method: str, address: str) -> Any:
    body = _BODIES.get(address.rpartition("/")[2], {})
    return program.get(address) if method == "get" else program.post(address, body)


_BODIES: dict[str, Any] = {
    "pay": _SUM,
    "confirm": _SUM,
    "accept": _SUM,
    "ship": {"carrier": "SF", "tracking_number": "SF1"},
    "offers": {
        "unit_price": {"amount": "1.00", "currency": "CNY"},
        "quantity": 240,
        "moq": 240,
        "deliver_by": "2030-01-01",
        "valid_until": "2029-01-01T00:00:00Z",
    },
}


def test_the_journal_and_the_timeline_name_the_key() -> None:
    deal = make_deal()
    order = deal.place()
    fund(deal.buyer, order.total)
    program = Program(deal.buyer)
    assert program.post(f"orders/{order.public_id}/pay", {"expected": order.total.to_json()}).status_code == 200
    named = f"buyer:{deal.buyer.user.pk}:key:{program.key.prefix}"
    assert Journal.objects.get(purpose="order.paid", source=order.public_id).actor == f"{named}@{deal.buyer.company.pk}"
    assert OrderEvent.objects.get(order=order, what="paid").by == named


def test_the_limit_of_a_minute_is_exact_and_tells_when_to_ask_again() -> None:
    change_setting(REQUESTS_A_MINUTE, "10", reason="a test", by=SYSTEM)
    program, other = Program(make_supplier()), Program(make_buyer())
    answers = [program.get("key") for _turn in range(12)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "too_many_requests"
    assert other.get("key").status_code == 200


def test_who_knows_the_prefix_only_uses_up_nothing_of_the_limit() -> None:
    change_setting(REQUESTS_A_MINUTE, "10", reason="a test", by=SYSTEM)
    program = Program(make_buyer())
    guess = {"Authorization": f"Bearer {program.secret[:-1]}{'A' if program.secret[-1] != 'A' else 'B'}"}
    assert {program.client.get("/api/v1/key", headers=guess).status_code for _turn in range(20)} == {401}
    assert not Tally.objects.exists()
    assert program.get("key").status_code == 200
