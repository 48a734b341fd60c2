"""A trade of the platform's own at a bank, entered by one person and booked when another agrees."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from caigou.accounts.models import User
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.bank.models import BankAccount, BankLine, DecisionStatus

COVER_MOVES = register_states(
    "payments.CoverTrade",
    start=DecisionStatus.WAITING,
    table=moves(
        {
            DecisionStatus.WAITING: {DecisionStatus.DONE, DecisionStatus.REFUSED},
            DecisionStatus.DONE: (),
            DecisionStatus.REFUSED: (),
        }
    ),
)


class CoverTrade(models.Model):
    """``sold`` left one account of ours and ``bought`` came to another, at a bank's rate.

    What was traded never changes (a trigger). ``result_minor`` is what it brought beyond what customers were given for
    ``sold``, in the currency bought, negative for a loss; ``sold_line`` and ``bought_line`` are how the bank told it.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    sold_from = models.ForeignKey(BankAccount, models.PROTECT, related_name="cover_sold")
    sold_minor = models.BigIntegerField(help_text="In minor units of the account's currency.")
    bought_on = models.ForeignKey(BankAccount, models.PROTECT, related_name="cover_bought")
    bought_minor = models.BigIntegerField(help_text="In minor units of the account's currency.")
    day = models.DateField(help_text="When the bank booked it.")
    reference = models.CharField(max_length=60, help_text="How the bank calls the deal.")
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=DecisionStatus, default=DecisionStatus.WAITING)
    result_minor = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    sold_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="cover_sold")
    bought_line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="cover_bought")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="cover_is_positive", condition=Q(sold_minor__gt=0, bought_minor__gt=0)),
            models.CheckConstraint(name="cover_between_two_accounts", condition=~Q(sold_from=F("bought_on"))),
            models.UniqueConstraint(
                name="cover_once", fields=["sold_from", "reference"], condition=~Q(status="refused")
            ),
            models.CheckConstraint(
                name="cover_by_two",
                condition=(Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")))
                & (Q(status="waiting") | Q(decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="booked_cover_has_a_result", condition=~Q(status="done") | Q(result_minor__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sold} → {self.bought}"

    @property
    def sold(self) -> Money:
        return Money(self.sold_minor, self.sold_from.currency)

    @property
    def bought(self) -> Money:
        return Money(self.bought_minor, self.bought_on.currency)

    @property
    def result(self) -> Money | None:
        """What it brought beyond what customers were given, in the currency bought; None before it is booked."""
        return None if self.result_minor is None else Money(self.result_minor, self.bought_on.currency)
