"""A file of opening balances and its rows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.bank.models import BankAccount


class OpeningStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    POSTED = "posted", _("Posted")
    REFUSED = "refused", _("Refused")


OPENING_MOVES = register_states(
    "wallets.OpeningFile",
    start=OpeningStatus.PROPOSED,
    table=moves(
        {
            OpeningStatus.PROPOSED: {OpeningStatus.POSTED, OpeningStatus.REFUSED},
            OpeningStatus.POSTED: (),
            OpeningStatus.REFUSED: (),
        }
    ),
)


class OpeningKind(models.TextChoices):
    """What a row is about, as the file writes it."""

    WALLET = "wallet", _("Money in a buyer's wallet")
    DEBT = "debt", _("Debt of a company")
    PAYABLE = "payable", _("Earnings of a supplier")
    BANK = "bank", _("Money in an account of ours")
    ESCROW = "escrow", _("Escrow of an order")


class OpeningFile(models.Model):
    """One file that was read without a fault. The same bytes are taken in once; only a refused file may come again."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=255, help_text="What the file was called.")
    sha256 = models.CharField(max_length=64)
    day = models.DateField(help_text="From whose first moment on (UTC) the balances stand.")
    status = models.CharField(max_length=10, choices=OpeningStatus, default=OpeningStatus.PROPOSED)
    known = models.PositiveIntegerField(default=0, help_text="Rows that an earlier file had brought: left out.")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="opening_file_once", fields=["sha256"], condition=~Q(status="refused")),
            models.CheckConstraint(
                name="opening_posted_by_two",
                condition=~Q(status="posted") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningRow(models.Model):
    """One balance. ``reference`` names it for ever: no second row that counts has the same."""

    file = models.ForeignKey(OpeningFile, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=OpeningKind)
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    order = models.CharField(max_length=26, blank=True, help_text="The public id of the order that escrow is kept for.")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="In minor units of the currency.")
    reference = models.CharField(max_length=60)
    counts = models.BooleanField(default=True, help_text="Not so once the file was refused.")

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(name="opening_reference_once", fields=["reference"], condition=Q(counts=True)),
            models.UniqueConstraint(
                name="opening_escrow_once", fields=["order"], condition=Q(counts=True) & ~Q(order="")
            ),
            models.CheckConstraint(
                name="opening_escrow_of_an_order",
                condition=(Q(kind="escrow") & ~Q(order="")) | (~Q(kind="escrow") & Q(order="")),
            ),
            models.CheckConstraint(name="opening_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="opening_of_one",
                condition=Q(kind="bank", account__isnull=False, company=None)
                | (~Q(kind="bank") & Q(account=None, company__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
