"""The sandbox keeps the port's contract, and ends refunds as its rules say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from caigou.adapters.sandbox_gateway.gateway import SandboxGateway, decide
from caigou.kernel import clock
from caigou.kernel.money import Money
from caigou.payments.ports import Gateway
from caigou.payments.tests.gateway_contract import GatewayContract

pytestmark = pytest.mark.django_db


class TestSandboxGateway(GatewayContract):
    @pytest.fixture
    def gateway(self) -> Gateway:
        return SandboxGateway()

    def pay(self, reference: str, amount: Money) -> None:
        decide(reference, "paid")

    @pytest.mark.parametrize(
        ("minor", "first", "after", "reason"),
        [
            (1_01, "pending", "refunded", ""),
            (1_02, "refused", "refused", "closed"),
            (1_03, "refused", "refused", "too_old"),
        ],
    )
    def test_the_last_two_digits_say_how_it_ends(
        self, gateway: Gateway, minor: int, first: str, after: str, reason: str
    ) -> None:
        charge = self.paid(gateway)
        assert gateway.refund("r", charge, Money(minor, "CNY")).status == first
        answer = self.settled(gateway, "r", charge)
        assert (answer.status, answer.reason) == (after, reason)

    def test_the_report_of_a_day_that_is_over_says_all_of_it_and_stays(self, gateway: Gateway) -> None:
        noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
        with clock.frozen(noon):
            charge = self.paid(gateway)
            gateway.refund("r", charge, Money(40_00, "CNY"))
            assert gateway.report(noon.date()) is None, "the day goes on"
        with clock.frozen(noon + timedelta(days=1)):
            self.paid(gateway)
            told = gateway.report(noon.date())
            assert told is not None
            assert gateway.report(noon.date()) == told
        rows = [(row.kind, row.reference, row.amount.minor, row.fee.minor) for row in gateway.read_report(told)]
        paid_out = ("payout", "SBX20261118CNY", -60_00, 0)
        assert rows == [("charge", charge, 100_00, 0), ("refund", "r", -40_00, 0), paid_out]
