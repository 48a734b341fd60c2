"""One gateway, on the far side of a socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from caigou.payments.tests.far_gateway import FarSide


@pytest.fixture
def far(settings: Settings) -> Iterator[FarSide]:
    """The provider; ``far.misdeeds`` says how it treats the next questions."""
    # pytest reads this file before Django has its settings.
    from caigou.payments.services.recharge import gateways
    from caigou.payments.tests.far_gateway import far_side

    settings.CAIGOU_GATEWAYS = "caigou.payments.tests.far_gateway.GATEWAYS"
    gateways.cache_clear()
    with far_side() as server:
        yield server
    gateways.cache_clear()
