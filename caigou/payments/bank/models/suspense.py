"""What people decide: whose a line is, and receipts entered before the bank's statement is here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.files.models import Picture
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.bank.models.accounts import BankAccount
from caigou.payments.bank.models.statements import BankLine


class DecisionStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for a second person")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


_DECISION_TABLE = moves(
    {
        DecisionStatus.WAITING: {DecisionStatus.DONE, DecisionStatus.REFUSED},
        DecisionStatus.DONE: (),
        DecisionStatus.REFUSED: (),
    }
)
DECISION_MOVES = register_states("payments.SuspenseDecision", start=DecisionStatus.WAITING, table=_DECISION_TABLE)
RECEIPT_MOVES = register_states("payments.BankReceipt", start=DecisionStatus.WAITING, table=_DECISION_TABLE)

#: Who decides never decides alone on their own request; the database holds it, whatever the code does.
_ANOTHER = Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by"))


class SuspenseDecision(models.Model):
    """Somebody says whose a line in suspense is (``company``), or that it goes back where it came from (none).

    Above the setting's limit another person must agree; ``needs_second`` is what held when it was asked.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    line = models.ForeignKey(BankLine, models.PROTECT, related_name="decisions")
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    needs_second = models.BooleanField()
    status = models.CharField(max_length=10, choices=DecisionStatus, default=DecisionStatus.WAITING)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="line_decided_once", fields=["line"], condition=Q(status__in=["waiting", "done"])
            ),
            models.CheckConstraint(name="suspense_by_two", condition=_ANOTHER),
            models.CheckConstraint(
                name="large_suspense_by_two",
                condition=~Q(status="done") | Q(needs_second=False) | Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.company or 'back'}"


class BankReceipt(models.Model):
    """Money that a person saw arrive before its statement is here, with a picture; credited once another agrees.

    The statement's line is tied to it later (``line``) and then moves nothing.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="receipts")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="In minor units of the currency.")
    day = models.DateField(help_text="When the money arrived.")
    reference = models.CharField(max_length=140, blank=True, help_text="The payer's reference, if there is one.")
    payer_name = models.CharField(max_length=140, blank=True)
    note = models.CharField(max_length=300)
    picture = models.ForeignKey(Picture, models.PROTECT, related_name="bank_receipts")
    status = models.CharField(max_length=10, choices=DecisionStatus, default=DecisionStatus.WAITING)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="receipt")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="receipt_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="receipt_by_two",
                condition=_ANOTHER & (Q(status="waiting") | Q(decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.day}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
