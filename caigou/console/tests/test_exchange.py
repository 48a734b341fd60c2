"""What customers are quoted: the rate less the spread of the pair, which has a history and a beginning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from caigou.kernel.actor import Actor
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import audit, exchange
from caigou.payments.bank.tests.banking import person
from caigou.payments.rates.current import current
from caigou.payments.rates.models import PairSpread
from caigou.payments.rates.quotes import customer_rate, enter_spread, positions, quote_for, spreads_in_force
from caigou.payments.rates.table import Leg, Table
from caigou.payments.services.wallet import wallet_account
from caigou.payments.tests.purses import buyer, fund, of, purse
from tests.support.factories import Party, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei() -> Party:
    return make_staff()


@pytest.fixture(autouse=True)
def rates() -> Iterator[None]:
    """€1 is ¥8 and US$1, so that ¥8 are US$1."""
    today = now().date()
    legs = [Leg("EUR", code, Decimal(figure), today, "ecb") for code, figure in (("CNY", "8"), ("USD", "1"))]
    current.hold(Table.of(legs, today=today, oldest_days=30))
    yield
    current.forget()


def quoted(sell: str = "CNY", buy: str = "USD") -> tuple[int, Decimal]:
    found = customer_rate(sell, buy, spreads_in_force())
    assert found is not None
    return found.points, found.figure


def spread(points: int | None, **more: Any) -> PairSpread:
    values: dict[str, Any] = {"since": None, "reason": "The bank's share.", "by": person()} | more
    return enter_spread("CNY", "USD", points, **values)


def test_the_spread_of_a_pair_lowers_what_is_quoted_from_its_moment_on() -> None:
    assert quoted() == (0, Decimal("0.125"))
    spread(200, since=now() + timedelta(hours=1))
    assert quoted()[0] == 0
    with frozen(now() + timedelta(hours=2)):
        assert quoted() == (200, Decimal("0.1225"))
        assert quoted("USD", "CNY") == (0, Decimal(8))
        spread(None)
        assert quoted()[0] == 0
    assert customer_rate("CNY", "KES", {}) is None


def test_money_is_never_exchanged_at_a_figure_that_one_person_entered() -> None:
    today = now().date()
    legs = [Leg("EUR", "CNY", Decimal(8), today, "ecb"), Leg("EUR", "USD", Decimal(100), today, "own")]
    current.hold(Table.of(legs, today=today, oldest_days=30))
    hotel = buyer("Park")
    assert customer_rate("CNY", "USD", {}) is None
    with pytest.raises(BadInput, match="nothing is quoted"):
        quote_for(hotel, Money(80_00, "CNY"), "USD", by=of(hotel))


def test_a_spread_is_refused_that_reaches_back_or_is_none() -> None:
    for points, more in ((2_001, {}), (-1, {}), (1, {"since": now() - timedelta(days=1)}), (1, {"reason": ""})):
        with pytest.raises(BadInput):
            spread(points, **more)
    with pytest.raises(BadInput):
        enter_spread("CNY", "CNY", 1, since=None, reason="Why not.", by=person())
    with pytest.raises(NotAllowed):
        spread(1, by=Actor("staff", 1))
    made = spread(1)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        PairSpread.objects.filter(pk=made.pk).update(points=2)


def test_a_customer_gets_what_was_quoted_and_the_page_shows_what_nothing_covers(mei: Party) -> None:
    spread(200)
    hotel = buyer("Park")
    fund(hotel, Money(100_00, "CNY"))
    with pytest.raises(NotAllowed):
        quote_for(hotel, Money(80_00, "CNY"), "USD", by=of(buyer("Other")))
    for sell, to in ((Money(80_00, "CNY"), "KES"), (Money(0, "CNY"), "USD"), (Money(1, "CNY"), "USD")):
        with pytest.raises(BadInput):
            quote_for(hotel, sell, to, by=of(hotel))
    quote_for(hotel, Money(1_00, "CNY"), "USD", by=of(hotel))
    quote = quote_for(hotel, Money(80_00, "CNY"), "USD", by=of(hotel))
    assert quote.buy == Money(9_80, "USD")
    exchange(quote.public_id, wallet_account(hotel, "CNY"), wallet_account(hotel, "USD"), by=of(hotel))
    assert (purse(hotel, "CNY")[0], purse(hotel, "USD")[0], audit()) == ("20.00", "9.80", [])
    assert positions() == [Money(80_00, "CNY"), Money(-9_80, "USD")]
    for language, words in (("en", ("Used", "of the pair", "80.00", "9.80", "2%")), ("zh-hans", ("80.00",))):
        shown = mei.client(language).get(reverse("console:exchange")).content.decode()
        for one in words:
            assert one in shown


def test_by_an_old_rate_nothing_is_quoted(mei: Party) -> None:
    hotel, later = buyer("Park"), now() + timedelta(days=20)
    with frozen(later):
        current.hold(Table(current().legs, later.date()))
        with pytest.raises(BadInput, match="nothing is quoted"):
            quote_for(hotel, Money(80_00, "CNY"), "USD", by=of(hotel))
        shown = mei.client().get(reverse("console:exchange")).content.decode()
    assert "an old rate" in shown
    assert "US$125.00" not in shown


def test_a_spread_is_entered_on_the_page_and_stays_in_its_history(mei: Party) -> None:
    def send(**form: str) -> Any:
        values = {"sell": "CNY", "buy": "USD", "points": "1.25", "reason": "The bank's share."}
        return mei.client().post(reverse("console:exchange"), values | form, follow=True)

    assert "Quotes use it from that moment on." in send().content.decode()
    assert "1.25%" in send(points="", reason="A week's offer.").content.decode()
    assert quoted()[0] == 0
    for form in ({"points": "21"}, {"points": "a"}, {"buy": "CNY"}, {"buy": "PTS"}, {"since": "2020-01-01T00:00"}):
        assert send(**form).status_code == 422
    assert PairSpread.objects.count() == 2
