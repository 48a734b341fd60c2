"""What a movement is called, in the reader's language: on the page, on the statement and in the file alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caigou.ledger.services import Line


@dataclass(frozen=True, slots=True)
class Group:
    """Movements that people look for together; ``purposes`` are those of their journals."""

    name: str
    label: Promise
    purposes: tuple[str, ...]


#: What one leg of a journal is called where the journal has several, by its code.
LEG_WORDS: Final[Mapping[str, Promise]] = {"debt_paid": _("Debt paid")}
#: Each purpose of the ledger that reaches a company's account, in words. ``words_of`` says others by their group.
WORDS: Final[Mapping[str, Promise]] = {
    "recharge": _("Recharge"),
    "recharge.refunded": _("Recharge sent back"),
    "recharge.refund_came_back": _("Refund that came back"),
    "gateway.credited": _("Recharge"),
    "bank.received": _("Bank transfer"),
    "bank.receipt": _("Bank transfer"),
    "suspense.cleared": _("Bank transfer"),
    "bank.taken_back": _("Taken back by the bank"),
    "payout": _("Paid out"),
    "payout.returned": _("Payout that came back"),
    "opening.balance": _("Opening balance"),
    "fx.exchanged": _("Currency exchanged"),
    "order.paid": _("Order paid into escrow"),
    "order.refunded": _("Order cancelled, refunded"),
    "order.released": _("Order completed, released from escrow"),
    "service.paid": _("Paid to a provider"),
    "compensation": _("Compensation"),
    "debt.paid": _("Debt paid"),
    "compensation.passed_on": _("Compensation"),
}
GROUPS: Final = (
    Group(
        "in",
        _("Recharges"),
        (
            "recharge",
            "recharge.refunded",
            "recharge.refund_came_back",
            "gateway.credited",
            "bank.received",
            "bank.receipt",
            "suspense.cleared",
            "bank.taken_back",
        ),
    ),
    Group("exchange", _("Exchange of currencies"), ("fx.exchanged",)),
    Group("orders", _("Orders"), ("order.paid", "order.refunded", "order.released")),
    Group("services", _("Agents and logistics"), ("service.paid",)),
    Group("debts", _("Compensation and debts"), ("compensation", "compensation.passed_on", "debt.paid")),
)


def words_of(line: Line) -> str:
    """Return what happened, in the language that is active."""
    return str(LEG_WORDS.get(line.code) or WORDS.get(line.purpose) or _("Other movement"))


def group_named(name: str) -> Group | None:
    """Return the group of this name; None for all movements."""
    return next((group for group in GROUPS if group.name == name), None)
