"""Recharges, requests for money, and the inbox of gateways' webhooks."""

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
from caigou.payments.bank import models as bank  # noqa: F401 - Django finds an app's tables from here
from caigou.payments.cover import models as cover  # noqa: F401
from caigou.payments.payouts import models as payouts  # noqa: F401
from caigou.payments.rates import models as rates  # noqa: F401
from caigou.payments.refunds import models as refunds  # noqa: F401
from caigou.payments.settlements import models as settlements  # noqa: F401


class RechargeStatus(models.TextChoices):
    STARTED = "started", _("Waiting for the gateway")
    PAID = "paid", _("Credited")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Asking the gateway")
    REVIEW = "review", _("Paid under another name")
    RETURNED = "returned", _("Sent back")


#: The gateway has the money of these.
TAKEN = (RechargeStatus.PAID, RechargeStatus.REVIEW, RechargeStatus.RETURNED)
_ENDS = {RechargeStatus.PAID, RechargeStatus.FAILED, RechargeStatus.REVIEW}
#: ``unknown`` is left only by asking the gateway again; ``paid`` and ``failed`` are final. ``review`` is left when
#: staff have looked at the name; what the gateway can't send back comes to them again.
RECHARGE_MOVES = register_states(
    "payments.Recharge",
    start=RechargeStatus.STARTED,
    table=moves(
        {
            RechargeStatus.STARTED: _ENDS | {RechargeStatus.UNKNOWN},
            RechargeStatus.UNKNOWN: _ENDS,
            RechargeStatus.REVIEW: {RechargeStatus.PAID, RechargeStatus.RETURNED},
            RechargeStatus.RETURNED: {RechargeStatus.REVIEW},
            RechargeStatus.PAID: (),
            RechargeStatus.FAILED: (),
        }
    ),
)


class RechargeQuerySet(models.QuerySet["Recharge"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company sees its own recharges, staff all."""
        return self if actor.is_staff or actor.is_system else self.filter(company_id=actor.company_id)


class Recharge(models.Model):
    """Money on its way from a gateway into a wallet (A13). ``public_id`` is the reference that the gateway gets."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="recharges")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    gateway = models.CharField(max_length=30)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="In minor units of the currency.")
    status = models.CharField(max_length=10, choices=RechargeStatus, default=RechargeStatus.STARTED)
    provider_ref = models.CharField(max_length=80, blank=True)
    next_page = models.CharField(max_length=200, blank=True, help_text="Where the payer goes on afterwards.")
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RechargeQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="recharge_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="ended_recharge_has_an_end",
                condition=Q(status__in=["started", "unknown"], ended_at=None)
                | Q(status__in=["paid", "failed", "review", "returned"], ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.gateway}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class RequestStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for money")
    HELD = "held", _("Set aside")
    SETTLED = "settled", _("Settled")
    CANCELLED = "cancelled", _("Cancelled")


REQUEST_MOVES = register_states(
    "payments.PaymentRequest",
    start=RequestStatus.WAITING,
    table=moves(
        {
            RequestStatus.WAITING: {RequestStatus.HELD, RequestStatus.CANCELLED},
            RequestStatus.HELD: {RequestStatus.SETTLED, RequestStatus.CANCELLED},
            RequestStatus.SETTLED: (),
            RequestStatus.CANCELLED: (),
        }
    ),
)


class PaymentRequest(models.Model):
    """Who shall pay what, towards which ledger account, and why (A14).

    It is met whole or not at all: while the wallet is short nothing is posted and the request waits. What the wallet
    suffices for at once is paid in one posting and settled without a hold.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    payer = models.ForeignKey(Company, models.PROTECT, related_name="payment_requests")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="In minor units of the currency.")
    target_account = models.BigIntegerField(help_text="The ledger account that the hold points to.")
    purpose = models.CharField(max_length=40, help_text="What it is for, such as order.")
    source = models.CharField(max_length=60, help_text="Which one, as the asker names it.")
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.WAITING)
    hold_id = models.BigIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="asked_once_for_one_thing", fields=["purpose", "source"]),
            models.CheckConstraint(name="request_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="held_request_names_its_hold",
                condition=~Q(status="held") | Q(hold_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "currency", "id"], name="request_waiting", condition=Q(status="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.purpose} {self.source}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class InboxMessage(models.Model):
    """A gateway's webhook as it came: stored once by the sender's event id, acted on by the worker."""

    gateway = models.CharField(max_length=30)
    event_id = models.CharField(max_length=120)
    reference = models.CharField(max_length=80)
    body = models.BinaryField()
    received_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(name="each_webhook_once", fields=["gateway", "event_id"])]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"
