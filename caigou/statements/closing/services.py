"""Propose the close of a month, and close it: two persons, for good.

Nothing opens a month again: the ledger refuses what is dated into it, and what is found later is posted in the next
one (docs/ledger.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile
from caigou.kernel.money import CURRENCIES
from caigou.kernel.states import check_move
from caigou.ledger.services import close_period
from caigou.ledger.trial import TrialLine, trial_balance_at
from caigou.payments.bank.services.persons import another_than, reason_of, staff_id
from caigou.statements.closing.checks import Check, checks_of
from caigou.statements.closing.months import end_of, name_of
from caigou.statements.models import CLOSE_MOVES, CloseStatus, MonthClose


@transaction.atomic
def propose_close(month: date, *, reason: str, by: Actor) -> MonthClose:
    """Propose to close a month as it stands; nothing is closed before a second person agrees.

    Raises ``BadInput`` while something that must hold doesn't, without a reason, or when somebody has proposed it
    already; ``NotAllowed`` without the right of finance.
    """
    person, reason = staff_id(by), reason_of(reason)
    checks = checks_of(month)
    _require(checks)
    lines = trial_balance_at(end_of(month))
    if MonthClose.objects.exclude(status=CloseStatus.REFUSED).filter(month=month).exists():
        raise BadInput(_("Somebody has proposed to close this month already."))
    return MonthClose.objects.create(
        month=month,
        reason=reason,
        checks={check.name: check.found for check in checks},
        totals=totals_of(lines),
        digest=digest_of(lines),
        proposed_by_id=person,
    )


@transaction.atomic
def confirm_close(month: date, *, seen: str, by: Actor) -> MonthClose:
    """Close a month for good, in every currency, as the second person. Safe to repeat.

    ``seen`` is the digest of the totals on the page. Raises ``NotAllowed`` for the person who proposed it, ``BadInput``
    while something that must hold doesn't, ``ChangedMeanwhile`` when somebody has posted into the month since.
    """
    close = _waiting(month)
    if close.status == CloseStatus.CLOSED:
        return close
    person = another_than(close.proposed_by_id, by)
    check_move(CLOSE_MOVES, close.status, CloseStatus.CLOSED)
    _require(checks_of(month))
    for currency in sorted(CURRENCIES):
        close_period(currency, end_of(month), by=by)
    # From here on nobody posts into it, so these are the figures that stay.
    if not seen == close.digest == digest_of(trial_balance_at(end_of(month))):
        raise ChangedMeanwhile(
            _("Something was posted into this month since it was proposed. Refuse it, and propose it anew.")
        )
    close.status, close.decided_by_id, close.decided_at = CloseStatus.CLOSED, person, now()
    close.save(update_fields=["status", "decided_by", "decided_at"])
    return close


@transaction.atomic
def refuse_close(month: date, *, by: Actor) -> MonthClose:
    """Take a proposal off the table; who made it may do that, too. Raises ``IllegalMove`` once the month is closed."""
    close = _waiting(month)
    person = staff_id(by)
    check_move(CLOSE_MOVES, close.status, CloseStatus.REFUSED)
    close.status, close.refused_by_id, close.decided_at = CloseStatus.REFUSED, person, now()
    close.save(update_fields=["status", "refused_by", "decided_at"])
    return close


def digest_of(lines: Sequence[TrialLine]) -> str:
    """Return a fingerprint of a month's totals: what a second person agrees to is what the first one saw."""
    return hashlib.sha256(json.dumps(totals_of(lines), sort_keys=True).encode()).hexdigest()


def totals_of(lines: Sequence[TrialLine]) -> list[dict[str, Any]]:
    """Return the trial balance as it is kept, in minor units. What is set aside moved nothing and isn't in it."""
    return [
        {"currency": line.currency, "kind": line.kind, "debits": line.debits.minor, "credits": line.credits.minor}
        for line in lines
        if line.debits or line.credits
    ]


def _waiting(month: date) -> MonthClose:
    """Return the proposal that counts, locked; raises ``BadInput`` when there is none."""
    locked = MonthClose.objects.select_for_update(of=("self",))
    found = locked.exclude(status=CloseStatus.REFUSED).filter(month=month).first()
    if found is None:
        raise BadInput(_("Nobody has proposed to close %(month)s.") % {"month": name_of(month)})
    return found


def _require(checks: Sequence[Check]) -> None:
    """Raise ``BadInput`` that names what must hold and doesn't."""
    broken = [str(check.label) for check in checks if check.blocks and not check.holds]
    if broken:
        raise BadInput(_("This month can't be closed yet. Not so: %(checks)s.") % {"checks": "; ".join(broken)})
