"""The gateway of these tests keeps the port's contract: what is shown with it holds of a real one."""

from __future__ import annotations

import pytest

from caigou.kernel.money import Money
from caigou.payments.ports import Gateway
from caigou.payments.tests.far_gateway import GATEWAY, FarSide
from caigou.payments.tests.gateway_contract import GatewayContract

pytestmark = pytest.mark.django_db


class TestFarGateway(GatewayContract):
    @pytest.fixture(autouse=True)
    def _far(self, far: FarSide) -> None:
        self.far = far

    @pytest.fixture
    def gateway(self) -> Gateway:
        return GATEWAY

    def pay(self, reference: str, amount: Money) -> None:
        self.far.decide(reference, "paid", amount)
