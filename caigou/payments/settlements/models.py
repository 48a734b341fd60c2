"""Gateways' reports, their rows, and where they differ from our books. What a report said never changes (a trigger)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caigou.accounts.models import Company, User
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.bank.models import BankLine


class GatewayReport(models.Model):
    """What a gateway says of one day; ``by`` is empty where we fetched it ourselves."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    gateway = models.CharField(max_length=30)
    day = models.DateField()
    name = models.CharField(max_length=255, blank=True, help_text="What the file was called.")
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(name="one_report_a_day", fields=["gateway", "day"])]

    def __str__(self) -> str:
        return f"{self.gateway} {self.day}"


class RowKind(models.TextChoices):
    CHARGE = "charge", _("Recharge")
    REFUND = "refund", _("Refund")
    FEE = "fee", _("Fee")
    PAYOUT = "payout", _("Payout")


class GatewayRow(models.Model):
    """One row of a report; ``recharge`` or ``refund`` is ours that it names, ``line`` the bank's of a payout."""

    report = models.ForeignKey(GatewayReport, models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=8, choices=RowKind)
    reference = models.CharField(max_length=80, blank=True)
    provider_ref = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="What it does to our balance there, before its fee.")
    fee_minor = models.BigIntegerField(default=0)
    recharge = models.ForeignKey("payments.Recharge", models.PROTECT, null=True, related_name="rows")
    refund = models.ForeignKey("payments.Refund", models.PROTECT, null=True, related_name="rows")
    line = models.OneToOneField(BankLine, models.PROTECT, null=True, related_name="gateway_row")

    class Meta:
        ordering = ["report", "pk"]
        constraints = [
            models.CheckConstraint(
                name="row_is_signed_by_its_kind",
                condition=Q(kind="charge", amount_minor__gt=0) | ~Q(kind="charge") & Q(amount_minor__lt=0),
            ),
            models.CheckConstraint(name="row_fee_is_not_negative", condition=Q(fee_minor__gte=0)),
        ]
        indexes = [
            models.Index(fields=["kind", "reference"], name="gateway_row_by_reference"),
            models.Index(
                fields=["currency", "amount_minor"],
                name="gateway_payout_on_its_way",
                condition=Q(kind="payout", line=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)


class DifferenceKind(models.TextChoices):
    """As the comparison with a bank's statement names them."""

    MISSING = "missing", _("Missing at the gateway")
    EXTRA = "extra", _("Missing in our books")
    DUPLICATE = "duplicate", _("Told twice")
    CURRENCY = "currency", _("Another currency")
    AMOUNT = "amount", _("Another amount")
    DATE = "date", _("Another day")


class DifferenceStatus(models.TextChoices):
    OPEN = "open", _("To be explained")
    WAITING = "waiting", _("Waiting for a second person")
    RESOLVED = "resolved", _("Resolved")


DIFFERENCE_MOVES = register_states(
    "payments.GatewayDifference",
    start=DifferenceStatus.OPEN,
    table=moves(
        {
            DifferenceStatus.OPEN: {DifferenceStatus.WAITING, DifferenceStatus.RESOLVED},
            DifferenceStatus.WAITING: {DifferenceStatus.OPEN, DifferenceStatus.RESOLVED},
            DifferenceStatus.RESOLVED: (),
        }
    ),
)


class Resolution(models.TextChoices):
    """What a person makes of a difference."""

    NONE = "", "–"
    LATER = "later", _("A later report or answer agrees")
    EXPLAINED = "explained", _("Explained; no money moves")
    CHARGE = "charge", _("Booked to our charges")
    CREDIT = "credit", pgettext_lazy("a difference", "Credited to a company")


#: By these money moves, which takes two persons above the house's limit.
MOVES_MONEY = (Resolution.CHARGE, Resolution.CREDIT)


class GatewayDifference(models.Model):
    """One thing on which a gateway's report and our books differ: found once, worked by hand.

    Above the house's limit a second person agrees to money that moves because of it.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    gateway = models.CharField(max_length=30)
    kind = models.CharField(max_length=10, choices=DifferenceKind)
    report = models.ForeignKey(GatewayReport, models.PROTECT, related_name="differences")
    row = models.ForeignKey(GatewayRow, models.PROTECT, null=True, related_name="differences")
    recharge = models.ForeignKey("payments.Recharge", models.PROTECT, null=True, related_name="differences")
    refund = models.ForeignKey("payments.Refund", models.PROTECT, null=True, related_name="differences")
    currency = models.CharField(max_length=3)
    ours_minor = models.BigIntegerField(null=True)
    theirs_minor = models.BigIntegerField(null=True, help_text="In the currency of the row.")
    status = models.CharField(max_length=8, choices=DifferenceStatus, default=DifferenceStatus.OPEN)
    resolution = models.CharField(max_length=10, choices=Resolution, default=Resolution.NONE, blank=True)
    company = models.ForeignKey(Company, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField(default=now)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="recharge_missing_once", fields=["recharge"], condition=Q(kind="missing", recharge__isnull=False)
            ),
            models.UniqueConstraint(
                name="refund_missing_once", fields=["refund"], condition=Q(kind="missing", refund__isnull=False)
            ),
            models.CheckConstraint(
                name="difference_by_two", condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by"))
            ),
        ]
        indexes = [
            models.Index(fields=["gateway", "found_at"], name="differences_open", condition=~Q(status="resolved"))
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind} {self.name}"

    @property
    def name(self) -> str:
        """How both sides call what it is about."""
        if self.row is not None:
            return self.row.reference or self.row.provider_ref
        ours = self.recharge or self.refund
        return ours.public_id if ours is not None else ""

    @property
    def ours(self) -> Money | None:
        return None if self.ours_minor is None else Money(self.ours_minor, self.currency)

    @property
    def theirs(self) -> Money | None:
        currency = self.row.currency if self.row is not None else self.currency
        return None if self.theirs_minor is None else Money(self.theirs_minor, currency)

    @property
    def delta(self) -> Money | None:
        """What their balance has beyond our books; None where only a person can say."""
        if self.kind in {DifferenceKind.CURRENCY, DifferenceKind.DATE}:
            return None
        beyond = (self.theirs_minor or 0) - (0 if self.kind == DifferenceKind.DUPLICATE else self.ours_minor or 0)
        return Money(beyond, self.currency)
