"""Payout accounts, payouts and their batches. What a payout says never changes: it is pinned to its account."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.bank.models import BankAccount, BankLine


class PayoutAccountStatus(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    REMOVED = "removed", _("Removed")


PAYOUT_ACCOUNT_MOVES = register_states(
    "payments.PayoutAccount",
    start=PayoutAccountStatus.CHECKING,
    table=moves(
        {
            PayoutAccountStatus.CHECKING: {
                PayoutAccountStatus.CONFIRMED,
                PayoutAccountStatus.REFUSED,
                PayoutAccountStatus.REMOVED,
            },
            PayoutAccountStatus.CONFIRMED: {PayoutAccountStatus.REMOVED},
            PayoutAccountStatus.REFUSED: (),
            PayoutAccountStatus.REMOVED: (),
        }
    ),
)


class PayoutAccountQuerySet(models.QuerySet["PayoutAccount"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company sees its own accounts, staff all."""
        return self if actor.is_staff or actor.is_system else self.filter(company_id=actor.company_id)


class PayoutAccount(models.Model):
    """Where a company wants to be paid. Details never change (a trigger): other details are another account."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="payout_accounts")
    holder = models.CharField(max_length=140)
    number = models.CharField(max_length=34, help_text="IBAN or account number, without spaces.")
    bank_name = models.CharField(max_length=140)
    bic = models.CharField(max_length=11)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=PayoutAccountStatus, default=PayoutAccountStatus.CHECKING)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=now)
    usable_from = models.DateTimeField(help_text="End of the cooling-off.")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    asked_how = models.CharField(max_length=300, blank=True, help_text="How the company was asked, out of band.")
    removed_at = models.DateTimeField(null=True)

    objects = PayoutAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="payout_account_once",
                fields=["company", "number", "currency"],
                condition=Q(status__in=["checking", "confirmed"]),
            ),
            models.CheckConstraint(
                name="payout_account_by_two",
                condition=~Q(status="confirmed")
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("entered_by")) & ~Q(asked_how=""),
            ),
            models.CheckConstraint(name="payout_account_cools_off", condition=Q(usable_from__gte=F("entered_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} …{self.number[-4:]} {self.currency}"

    def usable_at(self, moment: datetime) -> bool:
        """Whether a payout to it may be asked for at ``moment``."""
        return self.status == PayoutAccountStatus.CONFIRMED and moment >= self.usable_from


class BatchStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for a second person")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent to the bank")
    REFUSED = "refused", _("Refused")


BATCH_MOVES = register_states(
    "payments.PayoutBatch",
    start=BatchStatus.WAITING,
    table=moves(
        {
            BatchStatus.WAITING: {BatchStatus.APPROVED, BatchStatus.REFUSED},
            BatchStatus.APPROVED: {BatchStatus.SENT, BatchStatus.REFUSED},
            BatchStatus.SENT: (),
            BatchStatus.REFUSED: (),
        }
    ),
)


class PayoutBatch(models.Model):
    """Payouts that go to the bank in one file. Who approves agrees to ``digest``: to each payee, number and sum."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="batches", help_text="That pays.")
    status = models.CharField(max_length=10, choices=BatchStatus, default=BatchStatus.WAITING)
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="batch_by_two",
                condition=(Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")))
                & (Q(status__in=["waiting", "refused"]) | Q(decided_by__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class PayoutStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent to the bank")
    CONFIRMED = "confirmed", _("Paid out")
    RETURNED = "returned", _("Came back")
    CANCELLED = "cancelled", _("Cancelled")


PAYOUT_MOVES = register_states(
    "payments.Payout",
    start=PayoutStatus.REQUESTED,
    table=moves(
        {
            PayoutStatus.REQUESTED: {PayoutStatus.APPROVED, PayoutStatus.CANCELLED},
            # A batch that is refused after its approval gives its payouts back to be batched anew.
            PayoutStatus.APPROVED: {PayoutStatus.SENT, PayoutStatus.REQUESTED},
            PayoutStatus.SENT: {PayoutStatus.CONFIRMED, PayoutStatus.RETURNED},
            PayoutStatus.CONFIRMED: {PayoutStatus.RETURNED},
            PayoutStatus.RETURNED: (),
            PayoutStatus.CANCELLED: (),
        }
    ),
)


class PayoutQuerySet(models.QuerySet["Payout"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company sees its own payouts, staff all."""
        return self if actor.is_staff or actor.is_system else self.filter(company_id=actor.company_id)


class Payout(models.Model):
    """Money to a bank account: earnings, what nobody is known for (``line``), or unspent money (``returns``).

    Payee, number and sum are written down when it is asked for and never change (a trigger): whatever becomes of the
    company's account later, this payout goes where it was asked to go or nowhere. ``reference`` is the end-to-end id
    by which the bank's statement names it.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="payouts")
    account = models.ForeignKey(PayoutAccount, models.PROTECT, null=True, related_name="payouts")
    line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="gives_back")
    returns = models.ForeignKey(
        BankLine, models.PROTECT, null=True, related_name="sent_back", help_text="The buyer's credit that goes back."
    )
    from_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="payouts")
    holder = models.CharField(max_length=140)
    number = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="In minor units of the currency.")
    reference = models.CharField(max_length=25, unique=True)
    hold_id = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=PayoutStatus, default=PayoutStatus.REQUESTED)
    batch = models.ForeignKey(PayoutBatch, models.PROTECT, null=True, related_name="payouts")
    booked_by = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="books")
    returned_by = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="returns_payout")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    returned_because = models.CharField(max_length=140, blank=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="payout_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="payout_has_a_source",
                condition=Q(company__isnull=False, account__isnull=False, line=None, returns=None)
                | Q(account=None, line__isnull=False, returns=None)
                | Q(company__isnull=False, account=None, line=None, returns__isnull=False),
            ),
            models.CheckConstraint(
                name="approved_payout_has_a_batch",
                condition=Q(status__in=["requested", "cancelled"]) | Q(batch__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "requested_at"], name="payouts_by_status")]

    def __str__(self) -> str:
        return f"{self.amount} → {self.holder}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
