"""Bad inputs of section 4 of the reliability plan at the API: each is refused in the one shape, and no money moves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from caigou.api.tests.keyed import Program
from caigou.kernel.money import Money
from caigou.ledger.models import Journal
from caigou.payments.models import Recharge
from tests.support.factories import fund, make_buyer, make_deal

pytestmark = pytest.mark.django_db


def sum_of(amount: Any, currency: Any = "CNY") -> dict[str, Any]:
    return {"amount": {"amount": amount, "currency": currency}, "gateway": "sandbox"}


#: By the number of section 4; each is sent as the body of a recharge, as JSON or as it stands.
BODIES: dict[str, tuple[Any, ...]] = {
    "1 a JSON number": (sum_of(10.10), sum_of(10), b'{"amount": 10.10, "gateway": "sandbox"}'),
    "2 an exponent": (sum_of("1e3"), sum_of("0x10"), sum_of("１０"), sum_of("١٠")),
    "3 no number": (sum_of("NaN"), sum_of("Infinity"), sum_of("-0"), b'{"amount": NaN}', sum_of(None), sum_of("")),
    "4 more digits": (sum_of("0.001"), sum_of("1.5", "JPY"), sum_of("1.2345", "KWD"), sum_of("0.00001")),
    "5 and 6 nothing or less": (sum_of("-5"), sum_of("0"), sum_of("0.00"), sum_of("+5")),
    "7 too much": (sum_of("9223372036854775808"), sum_of("92233720368547758.08"), sum_of("100000000.01")),
    "9 separators": (sum_of("1,000"), sum_of("1.000"), sum_of("1 000"), sum_of("1_000")),
    "11 currencies": tuple(sum_of("1.00", one) for one in ("cny", "XXX", "CNY ", "СNY", "PTS", "", None, 156)),
    "26 what isn't asked": (
        {**sum_of("1.00"), "status": "paid"},
        {**sum_of("1.00"), "company": "x"},
        {"amount": {"amount": "1.00", "currency": "CNY", "balance": "1"}, "gateway": "sandbox"},
    ),
    "34 deep, long, wide": (
        "[" * 100 + "]" * 100,
        "[" * 100_000 + "]" * 100_000,
        '{"gateway": "' + "x" * 10_000_000 + '"}',
        "[" + "1," * 1_000_000 + "1]",
    ),
    "36 no text": (
        b'{"gateway": "\xff\xfe"}',
        b'{"gateway": "\\ud800"}',
        b'{"amount": {"amount": "1.00", "currency": "CNY"}, "gateway": "\\u0000"}',
        "{", "", "null", "[]", '"x"', "1", b"\xef\xbb\xbf{}",
    ),
    "38 many at once": ([sum_of("1.00")] * 1_000,),
    "gateways": ({"amount": {"amount": "1.00", "currency": "CNY"}, "gateway": "nobody"}, {}, {"amount": "1.00"}),
}  # fmt: skip


def refused(answer: Any) -> bool:
    """Say whether an answer is a refusal in the one shape."""
    body = json.loads(answer.content)
    return 400 <= answer.status_code < 500 and set(body) == {"code", "message", "fields"} and bool(body["message"])


def test_no_bad_body_is_taken_and_none_is_a_fault() -> None:
    program = Program(make_buyer())
    for name, bodies in BODIES.items():
        for body in bodies:
            raw = body if isinstance(body, (str, bytes)) else json.dumps(body)
            answer = program.post("recharges", raw)
            assert refused(answer), (name, str(body)[:60], answer.status_code, answer.content[:200])
    assert not Recharge.objects.exists()
    assert not Journal.objects.exists()
    assert program.post("recharges", sum_of("10.00")).status_code == 200


def test_flow_that_the_rules_forbid_is_refused_and_moves_nothing() -> None:
    """22: pay a cancelled order, ship before it is paid, release twice; 25: another company's; 15: another sum."""
    deal, other = make_deal(), make_deal(supplier=None)
    buyer, seller = Program(deal.buyer), Program(deal.supplier)
    order, foreign = deal.place(), other.place()
    fund(deal.buyer, order.total)
    due, more = {"expected": order.total.to_json()}, {"expected": (order.total + Money(1, "CNY")).to_json()}
    shipment = {"carrier": "SF", "tracking_number": "SF1"}
    before = Journal.objects.count()
    tries = (
        (buyer, f"orders/{order.public_id}/pay", more, 422),
        (buyer, f"orders/{foreign.public_id}/pay", due, 404),
        (buyer, f"orders/{order.public_id}/confirm", due, 422),
        (buyer, f"orders/{order.public_id}/ship", shipment, 403),
        (seller, f"orders/{order.public_id}/ship", shipment, 422),
        (seller, f"orders/{order.public_id}/pay", due, 403),
        (buyer, "orders", {"offer": deal.offer.public_id, "quantity": 240, "address": other.address.public_id}, 404),
        (buyer, "requests", {"product": deal.product.public_id, "quantity": 0}, 422),
        (buyer, "requests", {"product": deal.product.public_id, "quantity": 2.5}, 422),
        (buyer, "requests", {"product": deal.product.public_id, "quantity": True}, 422),
        (buyer, "requests", {"product": deal.product.public_id, "quantity": 241}, 422),
        (buyer, "requests", {"product": deal.product.public_id, "quantity": 240, "wish": "a\0b"}, 400),
        (buyer, f"offers/{other.offer.public_id}/accept", due, 404),
    )
    for program, path, body, status in tries:
        answer = program.post(path, body)
        assert (answer.status_code, refused(answer)) == (status, True), (path, body, answer.content)
    assert Journal.objects.count() == before
    assert buyer.post(f"orders/{order.public_id}/cancel").status_code == 200
    assert buyer.post(f"orders/{order.public_id}/pay", due).json()["code"] == "illegal_move"
    assert not Journal.objects.filter(purpose="order.paid").exists()


def test_questions_that_can_not_be_read_are_refused() -> None:
    """36, 37, 39, 40: pages, cursors, NULs, kinds of content, methods and forms of the address."""
    deal = make_deal()
    own, foreign = deal.place(), make_deal().place()
    program = Program(deal.buyer)
    told = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "key-12345678"}
    client = Client(raise_request_exception=False)
    for path in (
        *("orders?limit=0", "orders?limit=-1", "orders?limit=1000000000", "orders?limit=x", "orders?limit=1.5"),
        *("orders?cursor=x", f"orders?cursor={foreign.public_id}", f"orders?cursor={own.public_id}%00"),
        *("orders?status=password", "orders?status=placed%00", "movements?currency=CNY&cursor=1.forged"),
        *("movements?account=bank&currency=CNY", "movements", "orders/%00", "orders/" + "x" * 3_000, "orders/..%2f.."),
        *("search?q=%00", "products/%00", "nothing", "ORDERS", "recharges/%F0%9F%92%A9", "orders/;drop"),
    ):
        answer = client.get(f"/api/v1/{path}", headers=told)
        assert refused(answer), (path, answer.status_code, answer.content[:200])
    for method in ("put", "patch", "delete", "trace"):
        answer = getattr(client, method)("/api/v1/orders", headers=told)
        assert (answer.status_code, refused(answer)) == (405, True), method
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = client.post("/api/v1/recharges", b"amount=1", content_type=kind, headers=told)
        assert (answer.status_code, refused(answer)) == (415, True), kind
    override = client.get("/api/v1/recharges", headers={**told, "X-HTTP-Method-Override": "POST"})
    assert override.json() == {"items": [], "next": None}
    assert program.get("orders", order_by="password", limit=1).status_code == 200


def test_cursors_lead_through_all_and_end_while_new_rows_come() -> None:
    deal = make_deal()
    buyer, program = deal.buyer, Program(deal.buyer)
    for _turn in range(5):
        program.post("recharges", sum_of("1.00"))
        fund(buyer, Money(1_00, "CNY"))
    for path, asked in (("recharges", {}), ("movements", {"currency": "CNY"})):
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = program.get(path, limit=2, cursor=cursor, **asked).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
            fund(buyer, Money(1_00, "CNY"))
            program.post("recharges", sum_of("1.00"))
        assert len(seen) == len(set(seen)) >= 5, path
    balance = program.get("balances").json()["items"][0]
    assert balance["posted"] == balance["available"]
    assert balance["as_of"].endswith("Z")
