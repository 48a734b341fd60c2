"""Are the books right?  The database's own audit, safeguarding, the chain, what upper apps know, the trial balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.kernel.registry import Registry
from caigou.ledger import anchor
from caigou.ledger.chart import CHART
from caigou.ledger.findings import Finding
from caigou.ledger.models import Journal, Seal, Transfer
from caigou.ledger.trial import TrialLine, trial_balance

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
    "points_keep_their_owner",
    "closed_is_closed",
    "exchange_is_as_quoted",
)

#: The checks of the chain, which read every journal anew; ``caigou check-books`` and the daily check ask them.
CHAIN_CHECKS = ("chain_is_unbroken", "journal_is_sealed_once", anchor.CHECK)
#: Safeguarding: in each currency, what is owed to customers stands at banks and gateways.
COVERED = "owed_is_covered"


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the books at one moment.  ``findings`` has an entry for every check, empty where all is well.

    ``seal`` is the newest block of the chain and its hash: who keeps it outside can show later what stood here.
    """

    findings: Mapping[str, tuple[Finding, ...]]
    trial_balance: tuple[TrialLine, ...]
    journals: int
    transfers: int
    seal: tuple[int, str] | None
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
            "seal": self.seal and {"block": self.seal[0], "hash": self.seal[1]},
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
        cursor.execute("SELECT * FROM ledger.audit() UNION ALL SELECT * FROM ledger.audit_rules()")
        return [Finding(*row) for row in cursor.fetchall()]


def verify_chain() -> list[Finding]:
    """Return where the chain of seals is broken, all journals hashed anew; empty is well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT check_name, subject, detail FROM ledger.verify_chain()")
        return [Finding(*row) for row in cursor.fetchall()]


def check_books(*, chain: bool = False) -> Report:
    """Run the audit, safeguarding and all registered checks, and draw up the trial balance (A13).

    ``chain`` also hashes all journals anew and compares the chain with what was noted outside.
    """
    found = audit()
    if chain:
        found += [*verify_chain(), *anchor.findings()]
    for name in BOOK_CHECKS.names():
        found += BOOK_CHECKS[name]()
    balance = tuple(trial_balance())
    found += uncovered(balance)
    names = (*AUDIT_CHECKS, COVERED, *(CHAIN_CHECKS if chain else ()), *BOOK_CHECKS.names())
    return Report(
        findings={name: tuple(finding for finding in found if finding.check == name) for name in names},
        trial_balance=balance,
        journals=Journal.objects.count(),
        transfers=Transfer.objects.count(),
        seal=_newest_seal(),
        as_of=now(),
    )


def uncovered(lines: Iterable[TrialLine]) -> Iterator[Finding]:
    """Find every currency in which more is owed to customers than banks and gateways hold for them."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        kind = CHART[line.kind]
        if kind.is_money:
            grown = line.credits - line.debits if kind.side == "C" else line.debits - line.credits
            sums[kind.nature, line.currency] += grown.minor
    for (nature, currency), minor in sorted(sums.items()):
        held = Money(sums.get(("held", currency), 0), currency)
        if nature == "owed" and minor > held.minor:
            yield Finding(
                COVERED, currency, f"{Money(minor, currency)} owed to customers, {held} at banks and gateways"
            )


def _newest_seal() -> tuple[int, str] | None:
    newest = Seal.objects.order_by("-id").first()
    return None if newest is None else (newest.id, bytes(newest.hash).hex())
