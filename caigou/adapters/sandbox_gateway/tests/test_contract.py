"""The sandbox keeps the port's contract, and ends refunds as its rules say."""

from __future__ import annotations

import pytest

from caigou.adapters.sandbox_gateway.gateway import SandboxGateway, decide
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
