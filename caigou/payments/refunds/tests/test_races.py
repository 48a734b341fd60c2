"""Refunds at the same moment, by processes that commit: never more than was paid in, nothing spent and sent back."""

from __future__ import annotations

import pytest

from caigou.kernel.clock import now
from caigou.ledger.tests.racers import race
from caigou.payments.bank.tests.banking import person
from caigou.payments.refunds.models import Refund
from caigou.payments.refunds.services.ask import agree_refund, ask_refund, left_of
from caigou.payments.refunds.tests.racing import ask_and_settle, spend
from caigou.payments.tests.purses import books_balance, buyer, cny, fund, of, purse

pytestmark = [pytest.mark.commits, pytest.mark.slow]
TRIALS = 8


def test_racing_refunds_orders_and_answers_keep_every_cent() -> None:
    """Two processes ask for 60 % of a recharge back and write down one answer about another; a third one spends."""
    hotel, mei = buyer(), person()
    recharges = [fund(hotel, cny("100")) for _trial in range(TRIALS)]
    old = fund(hotel, cny("8"))
    sent = [ask_refund(old.pk, cny("1"), fallback="wallet", by=of(hotel)).pk for _trial in range(TRIALS)]
    for refund in sent:
        agree_refund(refund, by=mei)
    Refund.objects.update(status="unknown", sent_at=now())
    refunding = [(one.pk, 60_00, hotel.pk, refund) for one, refund in zip(recharges, sent, strict=True)]
    spending = [(hotel.pk, 40_00, f"order-{trial}") for trial in range(TRIALS)]

    first, second, spent = race([(ask_and_settle, refunding), (ask_and_settle, refunding), (spend, spending)])

    asked = [sorted(said for said, _settled in pair) for pair in zip(first, second, strict=True)]
    assert asked == [["bad_input", "ok"]] * TRIALS
    assert {settled for _said, settled in [*first, *second]} == {"done"}
    assert spent == ["held"] * TRIALS
    assert purse(hotel) == ("800.00", "0.00")
    assert ({left_of(one) for one in recharges}, left_of(old)) == ({cny("40")}, cny("0"))
    assert books_balance()
