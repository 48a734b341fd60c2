"""Documents with their numbers, what orders and services were estimated at, and the daily commitments to balances.

Documents and commitments are written once: triggers refuse every change, whoever asks.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.orders.models import Order
from caigou.wallets.models import ServicePayment


class DocumentKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


#: What stands before the year and the number; one series a kind.
SERIES = {DocumentKind.INVOICE: "INV", DocumentKind.CREDIT_NOTE: "CRN"}


class Series(models.Model):
    """The last number given in a series and year; its row is locked until the document with that number is stored."""

    code = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(name="one_counter_a_series_and_year", fields=["code", "year"])]

    def __str__(self) -> str:
        return f"{self.code}-{self.year}: {self.last}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor) -> Self:
        """The buying and the selling company, and staff."""
        if actor.is_staff or actor.is_system:
            return self
        return self.filter(Q(buyer_id=actor.company_id) | Q(seller_id=actor.company_id))


class Document(models.Model):
    """An invoice, or a credit note that takes all or part of one back. ``body`` is what it says, as it was then."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=12, choices=DocumentKind)
    series = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField(default=now)
    buyer = models.ForeignKey(Company, models.PROTECT, related_name="documents_received")
    seller = models.ForeignKey(Company, models.PROTECT, related_name="documents_given")
    order = models.ForeignKey(Order, models.PROTECT, related_name="documents")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField(
        help_text="In minor units of the currency; of a credit note what it gives back."
    )
    cause = models.CharField(max_length=80, help_text="The fact it was written for; one fact makes one document.")
    body: models.JSONField[Any, Any] = models.JSONField()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="each_number_once", fields=["series", "year", "number"]),
            models.UniqueConstraint(name="one_document_a_fact", fields=["kind", "cause"]),
            models.CheckConstraint(
                name="document_has_number_and_sum", condition=Q(number__gte=1, total_minor__gt=0) & ~Q(cause="")
            ),
            models.CheckConstraint(
                name="credit_note_names_its_invoice",
                condition=Q(kind="invoice", corrects=None) | Q(kind="credit_note", corrects__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-issued_at"], name="document_of_buyer"),
            models.Index(fields=["seller", "-issued_at"], name="document_of_seller"),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def full_number(self) -> str:
        """The number as it is printed: INV-2026-000017."""
        return f"{self.series}-{self.year}-{self.number:06d}"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class Estimated(models.Model):
    """What something was estimated at in the buyer's own currency, and what it came to (B9): never an offer.

    The estimate is of the moment of ordering or asking, the actual of the moment of payment; both by a published rate.
    """

    currency = models.CharField(max_length=3)
    estimate_minor = models.BigIntegerField(help_text="In minor units of the currency.")
    estimate_rate = models.DecimalField(max_digits=22, decimal_places=10)
    estimate_day = models.DateField(help_text="The day of the rate.")
    estimated_at = models.DateTimeField(default=now)
    actual_minor = models.BigIntegerField(null=True, blank=True)
    actual_rate = models.DecimalField(max_digits=22, decimal_places=10, null=True, blank=True)
    actual_day = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def estimated(self) -> Money:
        return Money(self.estimate_minor, self.currency)

    @property
    def actual(self) -> Money | None:
        return None if self.actual_minor is None else Money(self.actual_minor, self.currency)

    @property
    def difference(self) -> Money | None:
        """What it came to beyond the estimate; None before payment."""
        return None if self.actual is None else self.actual - self.estimated


_ACTUAL_HAS_ITS_RATE = Q(actual_minor=None, actual_rate=None, actual_day=None) | Q(
    actual_minor__isnull=False, actual_rate__isnull=False, actual_day__isnull=False
)


class OrderEstimate(Estimated):
    """What the goods of an order were estimated at, and what they came to."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="estimate")

    class Meta:
        constraints = [models.CheckConstraint(name="actual_has_its_rate", condition=_ACTUAL_HAS_ITS_RATE)]

    def __str__(self) -> str:
        return f"{self.order} ≈ {self.estimated}"


class ServiceEstimate(Estimated):
    """What an agent's or a carrier's service was estimated at, and what it came to.

    ``told_minor`` is the sum that the provider had told before it asked for its money, in the payment's currency.
    """

    payment = models.OneToOneField(ServicePayment, models.PROTECT, related_name="estimate")
    told_minor = models.BigIntegerField(help_text="In minor units of the payment's currency.")

    class Meta:
        constraints = [models.CheckConstraint(name="service_actual_has_its_rate", condition=_ACTUAL_HAS_ITS_RATE)]

    def __str__(self) -> str:
        return f"{self.payment} ≈ {self.estimated}"

    @property
    def told(self) -> Money:
        return Money(self.told_minor, self.payment.authorisation.currency)


class Commitment(models.Model):
    """The root of one day's tree over all balances in one currency: whom we owe what, without saying who."""

    day = models.DateField()
    currency = models.CharField(max_length=3)
    as_of = models.DateTimeField()
    root = models.CharField(max_length=64)
    total_minor = models.BigIntegerField(help_text="The sum of all balances, in minor units.")
    leaves = models.PositiveIntegerField()
    previous = models.CharField(max_length=64, blank=True, help_text="The seal of the currency's commitment before.")
    seal = models.CharField(max_length=64, help_text="Hash over all of the above.")

    class Meta:
        ordering = ["-day", "currency"]
        constraints = [
            models.UniqueConstraint(name="one_commitment_a_day_and_currency", fields=["day", "currency"]),
            models.CheckConstraint(name="commitment_is_not_negative", condition=Q(total_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.currency} {self.root[:12]}"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class LeafQuerySet(models.QuerySet["Leaf"]):
    def visible_to(self, actor: Actor) -> Self:
        """A company its own leaf; staff all."""
        return self if actor.is_staff or actor.is_system else self.filter(company_id=actor.company_id)


class Leaf(models.Model):
    """One company's balance within a commitment, under a secret of its own that nobody else can guess it by."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="tree")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, help_text="The kind of ledger account.")
    position = models.PositiveIntegerField()
    balance_minor = models.BigIntegerField()
    secret = models.CharField(max_length=64)

    objects = LeafQuerySet.as_manager()

    class Meta:
        ordering = ["commitment", "position"]
        constraints = [
            models.UniqueConstraint(name="one_leaf_a_place", fields=["commitment", "position"]),
            models.UniqueConstraint(name="one_leaf_an_account", fields=["commitment", "company", "kind"]),
            models.CheckConstraint(name="leaf_is_not_negative", condition=Q(balance_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}/{self.position}"


class CloseStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    CLOSED = "closed", _("Closed")
    REFUSED = "refused", _("Refused")


CLOSE_MOVES = register_states(
    "statements.MonthClose",
    start=CloseStatus.PROPOSED,
    table=moves(
        {
            CloseStatus.PROPOSED: {CloseStatus.CLOSED, CloseStatus.REFUSED},
            CloseStatus.CLOSED: (),
            CloseStatus.REFUSED: (),
        }
    ),
)


class MonthClose(models.Model):
    """The close of one month by two persons: what was checked, what stood, who and when. Closed, it never changes."""

    month = models.DateField(help_text="Its first day; months are those of UTC.")
    status = models.CharField(max_length=10, choices=CloseStatus, default=CloseStatus.PROPOSED)
    reason = models.CharField(max_length=300, help_text="In the words of who proposed it: what is carried, and why.")
    checks = models.JSONField(help_text="What each check had found when it was proposed.")
    totals = models.JSONField(help_text="The trial balance at the month's end, in minor units.")
    digest = models.CharField(max_length=64, help_text="Over the totals: what the second person agreed to.")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    refused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_close_a_month", fields=["month"], condition=~Q(status="refused")),
            models.CheckConstraint(name="month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_closed_by_two",
                condition=~Q(status="closed") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.status}"
