"""Exchange by programs: quoted, taken once, as promised and by nobody else (B9, promises 1, 2, 22)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from caigou.api.exchange import ExchangesOut, QuoteOut
from caigou.api.tests.keyed import Program
from caigou.house.current import stored
from caigou.kernel.clock import frozen, now
from caigou.kernel.money import Money
from caigou.ledger.models import FxQuote, Journal
from caigou.ledger.services import audit
from caigou.payments.rates.current import current
from caigou.payments.rates.exchange import QUOTES_A_MINUTE
from caigou.payments.rates.table import Leg, Table
from caigou.payments.tests.purses import purse
from caigou.wallets.services.block import block_payments
from tests.support.factories import Party, fund, make_buyer, make_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rates() -> Iterator[None]:
    """€1 is ¥8, US$1, ¥160 of Japan and 0.3 dinars; the house keeps 2 %."""
    today = now().date()
    figures = (("CNY", "8"), ("USD", "1"), ("JPY", "160"), ("KWD", "0.3"))
    current.hold(
        Table.of([Leg("EUR", code, Decimal(of), today, "ecb") for code, of in figures], today=today, oldest_days=30)
    )
    stored.hold({"rates.spread": "2", "payments.currencies": "CNY, USD, EUR, JPY, KWD"})
    yield
    stored.hold({})
    current.forget()


@pytest.fixture
def buyer() -> Party:
    return funded("Harbour")


def funded(name: str) -> Party:
    party = make_buyer(name)
    fund(party, Money(100_00, "CNY"))
    return party


def wanted(amount: Any = "80.00", buy: Any = "USD", currency: Any = "CNY") -> dict[str, Any]:
    return {"sell": {"amount": amount, "currency": currency}, "buy": buy}


def expects(amount: str, currency: str = "USD") -> dict[str, Any]:
    return {"expected": {"amount": amount, "currency": currency}}


def quoted(program: Program, **more: Any) -> Any:
    answer = program.post("exchange/quotes", wanted(**more))
    assert answer.status_code == 200, answer.content
    return answer.json()


def take(program: Program, quote: Any, **more: Any) -> Any:
    return program.post(f"exchange/quotes/{quote['id']}/accept", expects(quote["buy"]["amount"]), **more)


def test_what_is_quoted_is_exchanged_once_whichever_key_sends_it(buyer: Party) -> None:
    program = Program(buyer)
    asked = program.post("exchange/quotes", wanted(), key="erp-quote-1")
    quote = asked.json()
    assert QuoteOut.model_validate(quote, strict=True).model_dump() == quote
    assert program.post("exchange/quotes", wanted(), key="erp-quote-1").json() == quote
    assert (quote["buy"], quote["rate"], quote["spread_percent"]) == (
        {"amount": "9.80", "currency": "USD"}, "0.1225", "2",
    )  # fmt: skip
    assert (quote["status"], quote["sources"], FxQuote.objects.count()) == ("open", ["ecb"], 1)
    for key in ("erp-take-1", "erp-take-1", "erp-take-2"):
        taken = take(program, quote, key=key)
        assert (taken.status_code, taken.json()["status"]) == (200, "exchanged")
    assert (purse(buyer.company), purse(buyer.company, "USD")) == (("20.00", "20.00"), ("9.80", "9.80"))
    assert Journal.objects.filter(purpose="fx.exchanged").count() == 1
    quoted(program, amount="1.00")
    page = program.get("exchange/quotes", limit=1).json()
    assert ExchangesOut.model_validate(page, strict=True).model_dump() == page
    assert ([one["id"] for one in page["items"]], page["next"]) == ([quote["id"]], None)
    assert program.get(f"exchange/quotes/{quote['id']}").json()["exchanged_at"] is not None
    assert list(audit()) == []


@pytest.mark.parametrize(("buy", "brings"), [("JPY", "1568"), ("KWD", "2.940")])
def test_minor_units_are_the_currencys_own(buyer: Party, buy: str, brings: str) -> None:
    assert quoted(Program(buyer), buy=buy)["buy"] == {"amount": brings, "currency": buy}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (wanted(amount=80), "bad_input"),
        (wanted(amount="0"), "bad_input"),
        (wanted(amount="-5.00"), "bad_input"),
        (wanted(amount="-0"), "bad_input"),
        (wanted(amount="0.001"), "bad_amount"),
        (wanted(amount="1e1"), "bad_amount"),
        (wanted(amount="NaN"), "bad_amount"),
        (wanted(amount="1,000"), "bad_amount"),
        (wanted(amount="9223372036854775808"), "bad_amount"),
        (wanted(amount="0.01"), "bad_input"),
        (wanted(amount="100.01"), "bad_input"),
        (wanted(amount="1.5", currency="JPY"), "bad_amount"),
        (wanted(currency="cny"), "bad_amount"),
        (wanted(currency="CN"), "bad_amount"),
        (wanted(currency="PTS"), "bad_amount"),
        (wanted(buy="CNY"), "bad_input"),
        (wanted(buy="GBP"), "bad_input"),
        (wanted(buy="PTS"), "bad_input"),
        (wanted(buy="usd"), "bad_input"),
        (wanted(buy=None), "bad_input"),
        ({**wanted(), "rate": "9"}, "bad_input"),
    ],
)
def test_what_makes_no_sense_is_refused_and_promises_nothing(buyer: Party, body: Any, code: str) -> None:
    answer = Program(buyer).post("exchange/quotes", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.content
    assert not FxQuote.objects.exists()


def test_another_sum_another_company_and_a_blocked_one_exchange_nothing(buyer: Party) -> None:
    program, others = Program(buyer), Program(funded("Others"))
    quote = quoted(program)
    address = f"exchange/quotes/{quote['id']}/accept"
    for body in (expects("9.81"), expects("9.80", "EUR")):
        answer = program.post(address, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_amount")
    assert take(others, quote).status_code == others.get(f"exchange/quotes/{quote['id']}").status_code == 404
    assert others.get("exchange/quotes", cursor=quote["id"]).status_code == 422
    assert Program(make_supplier(), "read:wallet").post("exchange/quotes", wanted()).json()["code"] == "scope_missing"
    block_payments(buyer.company, reason="Ours is lost.", by=buyer.actor)
    assert take(program, quote).json()["code"] == "account_blocked"
    assert purse(buyer.company) == ("100.00", "100.00")
    assert not Journal.objects.filter(purpose="fx.exchanged").exists()


def test_a_quote_whose_time_is_over_is_told_so(buyer: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caigou.payments.rates.quotes.VALID", timedelta(seconds=1))
    program = Program(buyer)
    quote = quoted(program)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.01)")
    answer = take(program, quote)
    assert (answer.status_code, answer.json()["code"]) == (422, "quote_expired")
    with frozen(now() + timedelta(seconds=2)):
        assert program.get(f"exchange/quotes/{quote['id']}").json()["status"] == "expired"
    assert purse(buyer.company) == ("100.00", "100.00")


def test_no_company_fills_the_books_with_promises_by_whichever_door(buyer: Party) -> None:
    program, client = Program(buyer), buyer.client()
    with time_machine.travel(now().replace(second=5, microsecond=0), tick=False):
        for _turn in range(QUOTES_A_MINUTE - 1):
            assert program.post("exchange/quotes", wanted(amount="0.00")).status_code == 422
        form = {"sell": "CNY", "amount": "1.00", "buy": "USD"}
        assert client.post(reverse("web:exchange"), form).status_code == 302
        refused = program.post("exchange/quotes", wanted())
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "55")
        assert "Too many requests." in client.post(reverse("web:exchange"), form).content.decode()
    assert FxQuote.objects.count() == 1


@pytest.mark.commits
def test_many_who_take_one_quote_at_once_exchange_it_once() -> None:
    buyer = funded("Racing")
    program, together = Program(buyer), Barrier(6)
    quote = quoted(program)

    def send(_turn: int) -> int:
        try:
            together.wait(30)
            return int(take(program, quote).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(send, range(6))) == {200}
    assert (purse(buyer.company), purse(buyer.company, "USD")) == (("20.00", "20.00"), ("9.80", "9.80"))
    assert Journal.objects.filter(purpose="fx.exchanged").count() == 1
