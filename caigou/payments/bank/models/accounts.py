"""The operator's bank accounts, and numbers at them that belong to one buyer each."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.states import moves, register_states


class AccountStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    OPEN = "open", _("In use")
    CLOSED = "closed", _("Closed")


BANK_ACCOUNT_MOVES = register_states(
    "payments.BankAccount",
    start=AccountStatus.PROPOSED,
    table=moves(
        {
            AccountStatus.PROPOSED: {AccountStatus.OPEN, AccountStatus.CLOSED},
            AccountStatus.OPEN: {AccountStatus.CLOSED},
            AccountStatus.CLOSED: (),
        }
    ),
)


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a buyer those that take transfers."""
        return self if actor.is_staff or actor.is_system else self.filter(status=AccountStatus.OPEN)


class BankAccount(models.Model):
    """An account of ours. Its details never change (a trigger sees to it): other details are another account.

    So the rows are their own history, and nobody alone can send buyers' money elsewhere: one person enters an
    account, another lets it be used.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    holder = models.CharField(max_length=140)
    number = models.CharField(max_length=34, help_text="IBAN or account number, without spaces.")
    bank_name = models.CharField(max_length=140)
    bic = models.CharField(max_length=11, blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=AccountStatus, default=AccountStatus.PROPOSED)
    reason = models.CharField(max_length=300, help_text="Why it was entered, in the words of who did.")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=300, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        ordering = ["currency", "-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="bank_account_once", fields=["number", "currency"], condition=~Q(status="closed")
            ),
            models.CheckConstraint(
                name="bank_account_by_two",
                condition=~Q(status="open") | Q(confirmed_by__isnull=False) & ~Q(confirmed_by=F("entered_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} …{self.number[-4:]} {self.currency}"


class VirtualAccount(models.Model):
    """A number that the bank gave us for one buyer: whatever arrives on it is that buyer's."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="virtual")
    company = models.ForeignKey(Company, models.PROTECT, related_name="virtual_accounts")
    number = models.CharField(max_length=34, help_text="Without spaces.")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            # A number that was one buyer's is never given to another: late transfers still name it.
            models.UniqueConstraint(name="virtual_account_of_one", fields=["number"])
        ]

    def __str__(self) -> str:
        return self.number
