"""Every status of the domain has a tone, a glyph and a word for each side."""

from __future__ import annotations

from typing import get_args

import pytest
from django.db.models import TextChoices

from caigou.catalogue.models import ImportStatus, ProductStatus
from caigou.negotiation.models import InquiryStatus, OfferStatus
from caigou.orders.models import OrderStatus
from caigou.payments.bank.models import AccountStatus, DecisionStatus, LineStatus, TransferStatus
from caigou.payments.models import RechargeStatus, RequestStatus
from caigou.payments.payouts.models import BatchStatus, PayoutAccountStatus, PayoutStatus
from caigou.payments.refunds.models import RefundStatus
from caigou.payments.settlements.models import DifferenceStatus
from caigou.ui import icons, states
from caigou.wallets.opening.models import OpeningStatus

STATUSES: dict[states.Kind, type[TextChoices]] = {
    "inquiry": InquiryStatus,
    "offer": OfferStatus,
    "order": OrderStatus,
    "recharge": RechargeStatus,
    "request": RequestStatus,
    "import": ImportStatus,
    "product": ProductStatus,
    "opening": OpeningStatus,
    "transfer": TransferStatus,
    "bank_account": AccountStatus,
    "bank_line": LineStatus,
    "decision": DecisionStatus,
    "payout_account": PayoutAccountStatus,
    "payout": PayoutStatus,
    "batch": BatchStatus,
    "refund": RefundStatus,
    "gateway_difference": DifferenceStatus,
}


def test_every_kind_is_covered() -> None:
    assert set(STATUSES) == set(states.STATES) == set(get_args(states.Kind))


@pytest.mark.parametrize("kind", STATUSES)
def test_the_map_has_exactly_the_statuses_of_the_domain(kind: states.Kind) -> None:
    assert set(states.STATES[kind]) == set(STATUSES[kind].values)


@pytest.mark.parametrize("side", get_args(states.Side))
@pytest.mark.parametrize("kind", STATUSES)
def test_every_status_has_all_three_for_each_side(kind: states.Kind, side: states.Side) -> None:
    for status in STATUSES[kind]:
        state = states.state_of(kind, status, side)
        assert state.tone in get_args(states.Tone)
        assert state.glyph in icons.ICONS
        assert str(state.word).strip()


def test_whose_move_differs_by_side() -> None:
    moves: list[tuple[states.Kind, str, states.Side, states.Side]] = [
        ("inquiry", "open", "supplier", "buyer"),
        ("inquiry", "offered", "buyer", "supplier"),
        ("offer", "open", "buyer", "supplier"),
        ("order", "placed", "buyer", "supplier"),
        ("order", "paid", "supplier", "buyer"),
        ("order", "shipped", "buyer", "supplier"),
    ]
    for kind, status, mover, waiter in moves:
        assert states.state_of(kind, status, mover).tone == "due", (kind, status)
        assert states.state_of(kind, status, waiter).tone == "held", (kind, status)


def test_an_unknown_status_is_a_fault_and_not_a_grey_chip() -> None:
    with pytest.raises(KeyError):
        states.state_of("order", "lost", "buyer")
