"""Transfers that buyers announced: how much, to which account, under which reference."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.bank.models.accounts import BankAccount


class TransferStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for the transfer")
    SHORT = "short", _("Less than announced")
    MET = "met", _("Arrived")
    OVER = "over", _("More than announced")
    RETURNED = "returned", _("Taken back by the bank")
    CANCELLED = "cancelled", _("Cancelled")


_ARRIVED = {TransferStatus.SHORT, TransferStatus.MET, TransferStatus.OVER, TransferStatus.RETURNED}
#: Money may arrive, be taken back and arrive again; only what was cancelled before any came has an end.
TRANSFER_MOVES = register_states(
    "payments.CorporateTransfer",
    start=TransferStatus.WAITING,
    table=moves(
        {
            TransferStatus.WAITING: {*_ARRIVED - {TransferStatus.RETURNED}, TransferStatus.CANCELLED},
            TransferStatus.SHORT: _ARRIVED - {TransferStatus.SHORT},
            TransferStatus.MET: _ARRIVED - {TransferStatus.MET},
            TransferStatus.OVER: _ARRIVED - {TransferStatus.OVER},
            TransferStatus.RETURNED: {*_ARRIVED - {TransferStatus.RETURNED}, TransferStatus.CANCELLED},
            TransferStatus.CANCELLED: (),
        }
    ),
)


class CorporateTransferQuerySet(models.QuerySet["CorporateTransfer"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company sees its own transfers, staff all."""
        return self if actor.is_staff or actor.is_system else self.filter(company_id=actor.company_id)


class CorporateTransfer(models.Model):
    """A transfer that a buyer said it would make (F11).

    ``reference`` is an ISO 11649 creditor reference, drawn once and stored, never derived from anything (bug 14).
    Whatever arrives under it is credited whole: the status says how it compares with what was announced.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="transfers")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="transfers")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="Announced, in minor units of the currency.")
    arrived_minor = models.BigIntegerField(default=0, help_text="In minor units, less what the bank took back.")
    reference = models.CharField(max_length=25, unique=True)
    next_page = models.CharField(max_length=200, blank=True, help_text="Where the payer goes on afterwards.")
    status = models.CharField(max_length=10, choices=TransferStatus, default=TransferStatus.WAITING)
    started_at = models.DateTimeField(default=now)
    arrived_at = models.DateTimeField(null=True, help_text="When money last arrived.")

    objects = CorporateTransferQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="transfer_is_positive", condition=Q(amount_minor__gt=0) & Q(arrived_minor__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["company", "-started_at"], name="transfers_of_company")]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def arrived(self) -> Money:
        return Money(self.arrived_minor, self.currency)

    @property
    def missing(self) -> Money:
        """What is still to come; zero when enough has arrived."""
        return Money(max(0, self.amount_minor - self.arrived_minor), self.currency)

    @property
    def beyond(self) -> Money:
        """What arrived beyond what was announced."""
        return Money(max(0, self.arrived_minor - self.amount_minor), self.currency)
