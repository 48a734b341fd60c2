"""What was asked for before a company was blocked doesn't leave: asked at every step after which money could (0057)."""

from __future__ import annotations

from collections.abc import Collection

from caigou.ledger.models import AccountStatus, BalanceRow
from caigou.ledger.models import Transfer as Held
from caigou.ledger.services import AccountBlocked


def refuse_blocked(holds: Collection[int]) -> None:
    """Raise ``AccountBlocked`` when one of the accounts that these holds take from isn't open by now."""
    taken_from = Held.objects.filter(pk__in=holds).values("debit")
    if BalanceRow.objects.filter(account__in=taken_from).exclude(status=AccountStatus.OPEN).exists():
        raise AccountBlocked
