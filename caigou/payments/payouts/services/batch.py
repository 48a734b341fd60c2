"""Batches: one person puts payouts together, another agrees to exactly these, then the bank's file is made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import HoldId, release
from caigou.payments.bank.models import BankAccount, BankLine
from caigou.payments.bank.services.persons import another_than, reason_of, staff_id
from caigou.payments.payouts.models import (
    BATCH_MOVES,
    PAYOUT_MOVES,
    BatchStatus,
    Payout,
    PayoutBatch,
    PayoutStatus,
)
from caigou.payments.payouts.pain001 import Transfer, credit_transfers
from caigou.payments.services.blocked import refuse_blocked

#: Payouts of one file; banks refuse much larger ones.
MOST_IN_BATCH = 500


@transaction.atomic
def put_together(account: BankAccount, payout_ids: Collection[str], *, by: Actor) -> PayoutBatch:
    """Put requested payouts (by public id) from ``account`` into a batch that waits for a second person.

    Raises ``BadInput`` when there is none, too many, or one isn't free any more; ``AccountBlocked`` where payments were
    blocked since; ``NotAllowed`` for non-staff.
    """
    person = staff_id(by)
    free = Payout.objects.select_for_update(of=("self",)).filter(
        public_id__in=payout_ids, from_account=account, status=PayoutStatus.REQUESTED, batch=None
    )
    payouts = list(free.order_by("pk")[: MOST_IN_BATCH + 1])
    if not payouts or len(payouts) < len(set(payout_ids)) or len(payouts) > MOST_IN_BATCH:
        raise BadInput(_("Choose payouts that wait and are in no batch. Load the page again: the list has changed."))
    _refuse_blocked(payouts)
    batch = PayoutBatch.objects.create(account=account, digest=digest_of(payouts), asked_by_id=person)
    Payout.objects.filter(pk__in=[payout.pk for payout in payouts]).update(batch=batch)
    return batch


def _refuse_blocked(payouts: Sequence[Payout]) -> None:
    refuse_blocked([payout.hold_id for payout in payouts])


def digest_of(payouts: Sequence[Payout]) -> str:
    """Return the hash of what is agreed to: each payee, number, bank, sum and reference, in order."""
    lines = (
        f"{each.public_id}|{each.holder}|{each.number}|{each.bic}|{each.amount}|{each.reference}" for each in payouts
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def total_of(payouts: Sequence[Payout], currency: str) -> Money:
    return sum((payout.amount for payout in payouts), Money.zero(currency))


@transaction.atomic
def approve_batch(batch_id: int, *, seen: str, by: Actor) -> PayoutBatch:
    """Agree to a batch: to what ``seen``, the digest on the page, stands for.

    Raises ``NotAllowed`` for the person who put it together, ``ChangedMeanwhile`` when it isn't what was seen.
    """
    batch, payouts = _locked(batch_id)
    person = another_than(batch.asked_by_id, by)
    check_move(BATCH_MOVES, batch.status, BatchStatus.APPROVED)
    if not seen == batch.digest == digest_of(payouts):
        raise ChangedMeanwhile(_("This batch isn't the one that you saw. Load the page again and compare."))
    batch.status, batch.decided_by_id, batch.decided_at = BatchStatus.APPROVED, person, now()
    batch.save(update_fields=["status", "decided_by", "decided_at"])
    _move(payouts, PayoutStatus.APPROVED)
    return batch


@transaction.atomic
def refuse_batch(batch_id: int, *, by: Actor) -> PayoutBatch:
    """Dissolve a batch that isn't released; its payouts wait again. Who put it together may do that, too."""
    batch, payouts = _locked(batch_id)
    staff_id(by)
    check_move(BATCH_MOVES, batch.status, BatchStatus.REFUSED)
    batch.status = BatchStatus.REFUSED
    batch.save(update_fields=["status"])
    for payout in payouts:
        if payout.status == PayoutStatus.APPROVED:
            check_move(PAYOUT_MOVES, payout.status, PayoutStatus.REQUESTED)
        payout.status, payout.batch = PayoutStatus.REQUESTED, None
        payout.save(update_fields=["status", "batch"])
    return batch


@transaction.atomic
def send_batch(batch_id: int, *, by: Actor) -> PayoutBatch:
    """Release a batch: its file goes to the bank, and only the bank's statement says how each payout ends.

    Raises ``AccountBlocked`` where payments were blocked since.
    """
    batch, payouts = _locked(batch_id)
    staff_id(by)
    if batch.status == BatchStatus.SENT:
        return batch
    check_move(BATCH_MOVES, batch.status, BatchStatus.SENT)
    if batch.digest != digest_of(payouts):
        raise ChangedMeanwhile(_("This batch isn't the one that was approved. Stop, and find out who changed it."))
    _refuse_blocked(payouts)
    batch.status, batch.sent_at = BatchStatus.SENT, now()
    batch.save(update_fields=["status", "sent_at"])
    _move(payouts, PayoutStatus.SENT)
    return batch


@transaction.atomic
def return_by_hand(payout_id: int, *, reason: str, by: Actor) -> Payout:
    """Note that the bank refused a payout that it never booked; the sum is free again, and could be paid once more.

    So it takes the bank's own word: a statement of days after it was sent is here and doesn't have it. Refused for one
    that the bank has booked: that one comes back by its statement. ``NotAllowed`` for who put the batch together.
    """
    payout = Payout.objects.select_for_update(of=("self",)).select_related("batch").get(pk=payout_id)
    batch = payout.batch
    if payout.status != PayoutStatus.SENT or batch is None or batch.sent_at is None:
        raise BadInput(_("Only a payout that is at the bank, and that the bank hasn't booked, can come back by hand."))
    another_than(batch.asked_by_id, by)
    if not BankLine.objects.filter(account=payout.from_account_id, day__gt=batch.sent_at.date()).exists():
        raise BadInput(_("No statement of days after it was sent is here yet, so nobody knows. Take one in first."))
    payout.status, payout.ended_at, payout.returned_because = PayoutStatus.RETURNED, now(), reason_of(reason)[:140]
    payout.save(update_fields=["status", "ended_at", "returned_because"])
    release(HoldId(payout.hold_id), purpose="payout.refused", source=payout.public_id, by=by)
    return payout


def file_of(batch: PayoutBatch) -> bytes:
    """Return a released batch as a pain.001 file; the same bytes each time. Raises ``BadInput`` before.

    Whoever has the file can hand it to the bank: were there one of a batch that can still be dissolved, its payouts
    could be put together, and paid, once more.
    """
    if batch.status not in {BatchStatus.APPROVED, BatchStatus.SENT} or batch.decided_at is None:
        raise BadInput(_("The file is made when a second person has approved the batch."))
    if batch.status == BatchStatus.APPROVED:
        raise BadInput(
            _(
                "The file is made when the batch is released. From then on it can't be dissolved:"
                " whoever has the file can hand it to the bank."
            )
        )
    payouts = list(Payout.objects.filter(batch=batch).order_by("pk"))
    if batch.digest != digest_of(payouts):
        raise ChangedMeanwhile(_("This batch isn't the one that was approved. Stop, and find out who changed it."))
    transfers = [
        Transfer(each.reference, each.holder, each.number, each.bic, each.amount, each.country) for each in payouts
    ]
    return credit_transfers(batch.account, transfers, name=batch.public_id.upper(), made_at=batch.decided_at)


def _locked(batch_id: int) -> tuple[PayoutBatch, list[Payout]]:
    batch = PayoutBatch.objects.select_for_update(of=("self",)).select_related("account").get(pk=batch_id)
    return batch, list(Payout.objects.select_for_update(of=("self",)).filter(batch=batch).order_by("pk"))


def _move(payouts: Sequence[Payout], after: PayoutStatus) -> None:
    for payout in payouts:
        check_move(PAYOUT_MOVES, payout.status, after)
        payout.status = after
        payout.save(update_fields=["status"])
