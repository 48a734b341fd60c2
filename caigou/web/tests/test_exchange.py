"""A buyer exchanges between the currencies of its wallets: quoted, confirmed once, on both statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from caigou.house.current import stored
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.models import FxQuote, Journal
from caigou.ledger.services import AccountBlocked, Leg, audit, freeze, open_account, post, quote_exchange
from caigou.payments.models import PaymentRequest
from caigou.payments.rates.current import current
from caigou.payments.rates.exchange import QuoteExpired, ask_quote, confirm
from caigou.payments.rates.table import Leg as RateLeg
from caigou.payments.rates.table import Table
from caigou.payments.services.ask import ask_for_money
from caigou.payments.services.debts import debt_account, debt_of
from caigou.payments.services.wallet import wallet_account
from caigou.payments.tests.purses import escrow, purse
from tests.support.factories import Party, fund, make_buyer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rates() -> Iterator[None]:
    """€1 is ¥8 and US$1, so that ¥8 are US$1; the house keeps 2 %."""
    today = now().date()
    legs = [RateLeg("EUR", code, Decimal(figure), today, "ecb") for code, figure in (("CNY", "8"), ("USD", "1"))]
    current.hold(Table.of(legs, today=today, oldest_days=30))
    stored.hold({"rates.spread": "2", "payments.currencies": "CNY, USD, EUR, JPY"})
    yield
    stored.hold({})
    current.forget()


@pytest.fixture
def buyer() -> Party:
    party = make_buyer()
    fund(party, Money(100_00, "CNY"))
    return party


def asked(party: Party, **form: str) -> Any:
    values = {"sell": "CNY", "amount": "80.00", "buy": "USD"} | form
    return party.client().post(reverse("web:exchange"), values)


def quote_page(quote: FxQuote) -> str:
    return reverse("web:exchange_quote", args=[quote.public_id])


def quoted(party: Party) -> FxQuote:
    assert asked(party).status_code == 302
    return FxQuote.objects.latest("pk")


def click(party: Party, quote: FxQuote, **form: str) -> str:
    """Confirm the sum that the button names; what the page says then."""
    values = {"expected": str(quote.buy_minor)} | form
    return str(party.client().post(quote_page(quote), values, follow=True).content.decode())


@pytest.mark.parametrize(("language", "word"), [("en", "less 2%"), ("zh-hans", "¥80.00")])
def test_rate_day_spread_and_what_arrives_stand_before_anything_moves(buyer: Party, language: str, word: str) -> None:
    client = buyer.client(language)
    assert "US$12.25" in client.get(reverse("web:exchange")).content.decode()  # what ¥100 bring
    shown = client.get(quote_page(quoted(buyer))).content.decode()
    for one in (word, "US$9.80", "¥1 = US$0.1225", now().date().isoformat()):
        assert one in shown
    assert purse(buyer.company) == ("100.00", "100.00")


def test_a_double_click_exchanges_once_and_both_statements_say_it(buyer: Party) -> None:
    quote = quoted(buyer)
    assert "Nothing was exchanged" in click(buyer, quote, expected="981")
    for _click in range(2):
        assert "Exchanged" in click(buyer, quote)
    assert (purse(buyer.company), purse(buyer.company, "USD")) == (("20.00", "20.00"), ("9.80", "9.80"))
    assert Journal.objects.filter(purpose="fx.exchanged").count() == 1
    for currency, figure in (("CNY", "80.00"), ("USD", "9.80")):
        page = buyer.client().get(reverse("web:money"), {"currency": currency, "what": "exchange"}).content.decode()
        assert "Currency exchanged" in page
        assert figure in page
        assert quote_page(quote) in page
    assert list(audit()) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"amount": "100.01"}, "Your wallet has 100.00 CNY available."),
        ({"buy": "CNY"}, "Choose another currency to get."),
        ({"buy": "GBP"}, "is not one of the available choices"),
        ({"buy": "JPY"}, "recharge in the currency that you need"),
        ({"amount": "0.01"}, "Write an amount above zero."),
        ({"amount": "1e3"}, "plain digits"),
        ({"sell": "EUR"}, "is not one of the available choices"),
    ],
)
def test_a_refusal_says_how_to_mend_it(buyer: Party, form: dict[str, str], said: str) -> None:
    answer = asked(buyer, **form)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not FxQuote.objects.exists()


def test_a_quote_whose_time_is_over_exchanges_nothing(buyer: Party) -> None:
    late = quote_exchange(
        buyer.company.public_id, Money(8_00, "CNY"), "USD", rate=Decimal("0.125"), rate_source="test",
        valid=timedelta(seconds=1),
    )  # fmt: skip
    with frozen(now() + timedelta(minutes=5)):
        page = buyer.client().get(quote_page(FxQuote.objects.get())).content.decode()
    assert "Ask for a new quote" in page
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(greatest(0, extract(epoch FROM %s - clock_timestamp())))", [late.expires_at])
    with pytest.raises(QuoteExpired):
        confirm(buyer.company, late.public_id, by=buyer.actor)
    assert purse(buyer.company) == ("100.00", "100.00")


def test_money_that_is_gone_by_then_is_said_and_nothing_moves(buyer: Party) -> None:
    quote = quoted(buyer)
    ask_for_money(buyer.company, Money(50_00, "CNY"), towards=escrow("x"), purpose="test", source="x", by=buyer.actor)
    assert "Exchange less" in buyer.client().get(quote_page(quote)).content.decode()
    assert "not enough money" in click(buyer, quote)
    freeze(wallet_account(buyer.company, "CNY"), reason="A look.", by=SYSTEM)
    with pytest.raises(AccountBlocked):
        confirm(
            buyer.company, ask_quote(buyer.company, Money(1_00, "CNY"), "USD", by=buyer.actor).public_id, by=buyer.actor
        )


def test_another_company_sees_and_takes_nothing_of_it(buyer: Party) -> None:
    quote, other = quoted(buyer), make_buyer("Park")
    assert other.client().get(quote_page(quote)).status_code == 404
    with pytest.raises(NotAllowed):
        confirm(other.company, quote.public_id, by=other.actor)
    with pytest.raises(NotAllowed):
        ask_quote(buyer.company, Money(1_00, "CNY"), "USD", by=other.actor)


def test_what_arrives_pays_a_debt_first_and_meets_what_waits(buyer: Party) -> None:
    company = buyer.company
    owed = Leg.transfer(
        debt_account(company, "USD"), open_account("own_funds", "platform", "USD"), Money(1_80, "USD"), "test"
    )
    post("test.debt", "1", [owed], by=SYSTEM)
    request = ask_for_money(
        company, Money(8_00, "USD"), towards=escrow("y", "USD"), purpose="test", source="y", by=buyer.actor
    )
    confirm(company, ask_quote(company, Money(80_00, "CNY"), "USD", by=buyer.actor).public_id, by=buyer.actor)
    assert (debt_of(company, "USD"), purse(company, "USD")) == (Money(0, "USD"), ("8.00", "0.00"))
    assert PaymentRequest.objects.get(pk=request.pk).status == "held"
    assert list(audit()) == []
