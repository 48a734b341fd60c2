"""Refunds of recharges to their source. What was asked for never changes (a trigger); only what came of it does."""

from __future__ import annotations

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


class RefundStatus(models.TextChoices):
    ASKED = "asked", _("Requested")
    SECOND = "second", _("Waiting for a second person")
    AGREED = "agreed", _("Approved")
    UNKNOWN = "unknown", _("Asking the gateway")
    DONE = "done", _("Sent back")
    REFUSED = "refused", _("Refused by the gateway")
    BANK = "bank", _("Goes to a bank account")
    KEPT = "kept", _("Stays in the wallet")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_BEFORE = {RefundStatus.DECLINED, RefundStatus.WITHDRAWN, RefundStatus.AGREED}
#: ``unknown`` begins before the instruction leaves the house, and is left only by what the gateway answers.
REFUND_MOVES = register_states(
    "payments.Refund",
    start=RefundStatus.ASKED,
    table=moves(
        {
            RefundStatus.ASKED: {*_BEFORE, RefundStatus.SECOND},
            RefundStatus.SECOND: _BEFORE,
            RefundStatus.AGREED: {RefundStatus.UNKNOWN},
            RefundStatus.UNKNOWN: {RefundStatus.DONE, RefundStatus.REFUSED},
            RefundStatus.REFUSED: {RefundStatus.KEPT, RefundStatus.BANK},
            # A gateway may take its word back: the card's bank sent the money back to it.
            RefundStatus.DONE: {RefundStatus.KEPT},
            RefundStatus.BANK: (),
            RefundStatus.KEPT: (),
            RefundStatus.DECLINED: (),
            RefundStatus.WITHDRAWN: (),
        }
    ),
)
#: In these nothing of the recharge is on its way back.
NOTHING_BACK = (RefundStatus.KEPT, RefundStatus.DECLINED, RefundStatus.WITHDRAWN)


class Fallback(models.TextChoices):
    WALLET = "wallet", _("Leave it in the wallet")
    BANK = "bank", _("Send it to the company's bank account")


class Refusal(models.TextChoices):
    """Why the gateway refused."""

    NONE = "", "–"
    TOO_OLD = "too_old", _("The payment is too old to be sent back.")
    CLOSED = "closed", _("The card or account is closed.")
    OTHER = "other", _("The gateway gives no reason.")


class RefundQuerySet(models.QuerySet["Refund"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company sees its own refunds, staff all."""
        return self if actor.is_staff or actor.is_system else self.filter(company_id=actor.company_id)

    def standing(self) -> Self:
        """Leave out those of which nothing is on its way back, a payout that came to nothing among them."""
        return self.exclude(status__in=NOTHING_BACK).exclude(payout__status__in=("returned", "cancelled"))


class Refund(models.Model):
    """A part of a recharge, or all of it, on its way back to where it was paid from (D5).

    ``public_id`` is the key under which the gateway takes it once. ``hold_id`` names the money set aside for it.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    recharge = models.ForeignKey("payments.Recharge", models.PROTECT, related_name="refunds")
    company = models.ForeignKey(Company, models.PROTECT, related_name="refunds")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="In minor units of the currency.")
    words = models.CharField(max_length=300, blank=True, help_text="Why, in the buyer's words.")
    fallback = models.CharField(max_length=6, choices=Fallback, default=Fallback.WALLET)
    hold_id = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.ASKED)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=now)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    needs_second = models.BooleanField(default=False)
    second_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    declined_because = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, help_text="When the instruction last left for the gateway.")
    provider_ref = models.CharField(max_length=80, blank=True)
    refused_because = models.CharField(max_length=10, choices=Refusal, default=Refusal.NONE, blank=True)
    payout = models.OneToOneField("payments.Payout", models.PROTECT, null=True, related_name="refund")
    ended_at = models.DateTimeField(null=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="refund_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="refund_leaves_when_agreed",
                condition=Q(status__in=["asked", "declined", "withdrawn"]) | Q(agreed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="large_refund_by_two",
                condition=(Q(second_by=None) | ~Q(second_by=F("agreed_by")))
                & (
                    Q(needs_second=False)
                    | Q(second_by__isnull=False)
                    | Q(status__in=["asked", "second", "declined", "withdrawn"])
                ),
            ),
            models.CheckConstraint(
                name="refund_by_bank_is_a_payout", condition=Q(status="bank", payout__isnull=False) | ~Q(status="bank")
            ),
        ]
        indexes = [models.Index(fields=["status", "asked_at"], name="refunds_by_status")]

    def __str__(self) -> str:
        return f"{self.amount} of {self.recharge_id}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
