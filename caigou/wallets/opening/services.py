"""Take a file of opening balances in, and post it as the second person: one journal, whole or not at all.

Each balance is booked against ``own_funds`` (docs/ledger.md): what stands at our banks beyond what we owe is the
platform's own. Nothing is doubled: the same bytes are one file, a row's reference counts once, and the ledger knows
the file as one fact.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from caigou.jobs.changes import changed
from caigou.jobs.database import busy_named
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.books import uncovered
from caigou.ledger.services import PLATFORM, AccountId, Leg, closed_until, open_account, post
from caigou.ledger.trial import TrialLine, trial_balance
from caigou.payments.bank.formats.said import plain
from caigou.payments.bank.services.persons import another_than, staff_id
from caigou.payments.bank.services.posting import at_bank
from caigou.wallets.opening.escrows import owing
from caigou.wallets.opening.models import OPENING_MOVES, OpeningFile, OpeningKind, OpeningRow, OpeningStatus
from caigou.wallets.opening.read import read_opening
from caigou.wallets.opening.reasons import Fault

#: What it is called in the books; the source is the file's public id.
PURPOSE: Final = "opening.balance"
#: The ledger's kind of account for each kind of row.
_LEDGER: Final[Mapping[str, str]] = {
    OpeningKind.WALLET: "wallet",
    OpeningKind.DEBT: "receivable",
    OpeningKind.PAYABLE: "supplier_payable",
    OpeningKind.BANK: "bank",
    OpeningKind.ESCROW: "escrow",
}
#: What grows on debit: it is held by us, or owed to us.
_ON_DEBIT: Final = frozenset({OpeningKind.BANK, OpeningKind.DEBT})


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: stored to be posted by another person, or refused with every fault."""

    file: OpeningFile | None = None
    is_new: bool = False
    faults: Sequence[Fault] = field(default_factory=tuple)


@busy_named()
def take_in(data: bytes, name: str, *, day: date, by: Actor) -> Taken:
    """Read a file; without a fault it waits for a second person, and nothing is posted yet. Safe to repeat.

    Raises ``StatementRefused`` for bytes that are no table, ``BadInput`` for a day to come or in a closed month and
    for a file without anything new, ``NotAllowed`` without the right of finance, ``Busy`` while somebody else takes the
    same rows in.
    """
    person = staff_id(by)
    sha256 = hashlib.sha256(data).hexdigest()
    there = OpeningFile.objects.exclude(status=OpeningStatus.REFUSED).filter(sha256=sha256).first()
    if there is not None:
        return Taken(there)
    draft = read_opening(data)
    if draft.faults:
        return Taken(faults=draft.faults)
    if not draft.rows:
        raise BadInput(_("Every row of this file was brought in before."), fields={"file": ""})
    _check_day(day, {row.currency for row in draft.rows})
    try:
        with transaction.atomic():
            file = OpeningFile.objects.create(
                name=plain(name, 255), sha256=sha256, day=day, known=draft.known, asked_by_id=person
            )
            for row in draft.rows:
                row.file = file
            OpeningRow.objects.bulk_create(draft.rows)
    except IntegrityError:  # somebody takes the same in at this very moment
        words = _("Somebody else has just taken in a file with the same rows. Look at the list, then try again.")
        raise BadInput(words, fields={"file": words}) from None
    return Taken(file, is_new=True)


def _check_day(day: date, currencies: Iterable[str]) -> None:
    words = ""
    if day > now().date():
        words = _("This day is still to come.")
    elif any((closed_until(currency) or _begin(day)) > _begin(day) for currency in currencies):
        words = _("This day is in a month that is closed. Choose a later one.")
    if words:
        raise BadInput(words, fields={"day": words})


@busy_named()
@transaction.atomic
def post_opening(file_id: int, *, seen: str, by: Actor) -> OpeningFile:
    """Post a file's balances as the second person, all of them in one journal. Safe to repeat.

    ``seen`` is the hash of the file on the page. Raises ``NotAllowed`` for the person who took it in,
    ``ChangedMeanwhile`` for another file than was seen, ``PeriodClosed`` when its month was closed since.
    """
    file = OpeningFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    person = another_than(file.asked_by_id, by)
    if file.status == OpeningStatus.POSTED:
        return file
    if seen != file.sha256:
        raise ChangedMeanwhile(_("This isn't the file that you saw. Load the page again and compare."))
    check_move(OPENING_MOVES, file.status, OpeningStatus.POSTED)
    file.status, file.decided_by_id, file.decided_at = OpeningStatus.POSTED, person, now()
    file.save(update_fields=["status", "decided_by", "decided_at"])
    rows = list(file.rows.select_related("company", "account"))
    # The orders before the ledger, by their id: whoever pays or cancels one of them at this moment locks it first.
    escrows = {row.order: _put_in(row, by) for row in sorted(rows, key=lambda row: row.order) if row.order}
    for company in sorted({row.company_id for row in rows if row.company_id is not None}):
        changed(("company", company))
    own = {currency: open_account("own_funds", PLATFORM, currency) for currency in {row.currency for row in rows}}
    legs = [_leg(row, own[row.currency], escrows) for row in rows]
    post(PURPOSE, file.public_id, legs, by=by, effective_at=_begin(file.day))
    return file


@busy_named()
@transaction.atomic
def refuse_opening(file_id: int, *, by: Actor) -> OpeningFile:
    """Take a file off the table: its rows may come again in another. Who took it in may do that, too."""
    file = OpeningFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    person = staff_id(by)
    check_move(OPENING_MOVES, file.status, OpeningStatus.REFUSED)
    file.status, file.decided_by_id, file.decided_at = OpeningStatus.REFUSED, person, now()
    file.save(update_fields=["status", "decided_by", "decided_at"])
    file.rows.update(counts=False)
    return file


def _put_in(row: OpeningRow, by: Actor) -> AccountId:
    found = owing(row.order)
    if found is None:
        raise BadInput(
            _("Order %(order)s was paid or cancelled since. Refuse the file.") % {"order": row.order[:8].upper()}
        )
    return found[0].put_in(row.order, row.amount, by=by)


def _leg(row: OpeningRow, own: AccountId, escrows: Mapping[str, AccountId]) -> Leg:
    theirs = escrows[row.order] if row.order else _account_of(row)
    debit, credit = (theirs, own) if row.kind in _ON_DEBIT else (own, theirs)
    return Leg.transfer(debit, credit, row.amount, "opening")


def _account_of(row: OpeningRow) -> AccountId:
    if row.account is not None:
        return at_bank(row.account)
    if row.company is None:
        raise ValueError("a row is about a company or an account of ours")
    return open_account(_LEDGER[row.kind], row.company.public_id, row.currency)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


# --- What it would come to ----------------------------------------------------------------------------------------


def totals_of(rows: Iterable[OpeningRow]) -> list[tuple[str, Mapping[str, Money], Money]]:
    """Return for each currency the sum of each kind, and what is the platform's own by it (negative: it owes more)."""
    sums: dict[str, dict[str, Money]] = defaultdict(dict)
    for row in rows:
        of_currency = sums[row.currency]
        of_currency[row.kind] = of_currency.get(row.kind, Money.zero(row.currency)) + row.amount
    return [(currency, kinds, _own(currency, kinds)) for currency, kinds in sorted(sums.items())]


def _own(currency: str, kinds: Mapping[str, Money]) -> Money:
    signed = (amount if kind in _ON_DEBIT else -amount for kind, amount in kinds.items())
    return sum(signed, Money.zero(currency))


def uncovered_after(rows: Iterable[OpeningRow]) -> list[str]:
    """Return the currencies in which more would be owed than held once the rows are posted: safeguarding would fail."""
    zero = Money.zero
    lines = list(trial_balance())
    for row in rows:
        on_debit = row.kind in _ON_DEBIT
        debits, credits_ = (row.amount, zero(row.currency)) if on_debit else (zero(row.currency), row.amount)
        lines.append(TrialLine(row.currency, _LEDGER[row.kind], debits, credits_, zero(row.currency)))
    return [finding.subject for finding in uncovered(lines)]
