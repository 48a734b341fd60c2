"""Reading bank transfers for statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from caigou.kernel.actor import Actor
from caigou.ledger.services import Line
from caigou.payments.bank.models import BankLine, CorporateTransfer

#: Purposes of the ledger whose source is a line of the bank.
_OF_LINES: Final = frozenset({"bank.received", "suspense.cleared", "bank.taken_back"})


def transfers_of(lines: Iterable[Line], actor: Actor) -> Mapping[str, CorporateTransfer]:
    """Return by a movement's source the transfer that it met, of those that the actor may see; one query."""
    sources = {line.source for line in lines if line.purpose in _OF_LINES}
    mine = CorporateTransfer.objects.visible_to(actor)
    found = BankLine.objects.filter(public_id__in=sources, transfer__in=mine).select_related("transfer")
    return {line.public_id: line.transfer for line in found if line.transfer is not None} if sources else {}
