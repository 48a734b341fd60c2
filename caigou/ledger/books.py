"""Are the books right?  The database's own audit, what upper apps know besides, and the trial balance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.kernel.registry import Registry
from caigou.ledger.models import BalanceRow, Journal, Transfer


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: which check, on what, and the figures.  ``docs/ledger.md`` says how to read it."""

    check: str
    subject: str
    detail: str


BookCheck = Callable[[], Iterable[Finding]]

#: What apps above the ledger know that must be true of it, such as "a closed order has nothing in escrow".
#: ``config`` fills it; each check is one query, so that it sees one moment.
BOOK_CHECKS: Registry[BookCheck] = Registry("What else must be true of the books?")

#: The checks of ``ledger.audit()``; a test holds this list and the function together.
AUDIT_CHECKS = (
    "balance_is_its_transfers",
    "currency_sums_to_zero",
    "no_overdraft",
    "account_as_charted",
    "hold_is_its_transfers",
    "hold_goes_where_it_was_held",
    "one_currency",
    "positive_between_two",
    "reversal_is_its_mirror",
    "journal_has_transfers",
    "transfer_has_journal",
    "fact_posted_once",
    "guard_is_on",
    "nobody_writes_but_the_owner",
)


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one kind and currency together: what was debited and credited, and what is set aside."""

    currency: str
    kind: str
    debits: Money
    credits: Money
    held: Money


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the books at one moment.  ``findings`` has an entry for every check, empty where all is well."""

    findings: Mapping[str, tuple[Finding, ...]]
    trial_balance: tuple[TrialLine, ...]
    journals: int
    transfers: int
    as_of: datetime

    @property
    def balanced(self) -> bool:
        """Whether no check found anything."""
        return not any(self.findings.values())

    def to_json(self) -> dict[str, Any]:
        """Return the shape that ``caigou check-books --json`` prints."""
        return {
            "balanced": self.balanced,
            "as_of": self.as_of.isoformat(),
            "journals": self.journals,
            "transfers": self.transfers,
            "checks": {
                check: [{"subject": finding.subject, "detail": finding.detail} for finding in found]
                for check, found in self.findings.items()
            },
            "trial_balance": [
                {
                    "currency": line.currency,
                    "kind": line.kind,
                    "debits": line.debits.amount,
                    "credits": line.credits.amount,
                    "held": line.held.amount,
                }
                for line in self.trial_balance
            ],
        }


def audit() -> list[Finding]:
    """Return every promise of the ledger that is broken, counted anew from all transfers; empty is well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT check_name, subject, detail FROM ledger.audit()")
        return [Finding(*row) for row in cursor.fetchall()]


def check_books() -> Report:
    """Run the audit and all registered checks, and draw up the trial balance (A13; ``caigou check-books``)."""
    findings: dict[str, list[Finding]] = {check: [] for check in (*AUDIT_CHECKS, *BOOK_CHECKS.names())}
    for finding in audit():
        findings[finding.check].append(finding)
    for name in BOOK_CHECKS.names():
        findings[name].extend(BOOK_CHECKS[name]())
    return Report(
        findings={check: tuple(found) for check, found in findings.items()},
        trial_balance=tuple(_trial_balance()),
        journals=Journal.objects.count(),
        transfers=Transfer.objects.count(),
        as_of=now(),
    )


def _trial_balance() -> Iterable[TrialLine]:
    rows = (
        BalanceRow.objects.values("account__currency", "account__kind")
        .annotate(
            debits=Sum("debits_posted"),
            credits=Sum("credits_posted"),
            debits_held=Sum("debits_pending"),
        )
        .order_by("account__currency", "account__kind")
    )
    for row in rows:
        currency = row["account__currency"]
        yield TrialLine(
            currency=currency,
            kind=row["account__kind"],
            debits=Money(int(row["debits"]), currency),
            credits=Money(int(row["credits"]), currency),
            held=Money(int(row["debits_held"]), currency),
        )
