"""Linked instruments, declarations of the source of funds, authorisations, and cases of compensation."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

import caigou.wallets.opening.models  # noqa: F401  (its tables are this app's, too)
from caigou.accounts.models import Company, User
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.payments.models import Recharge

M = TypeVar("M", bound=models.Model)


class OwnQuerySet(models.QuerySet[M]):
    """Rows of one company each."""

    def visible_to(self, actor: Actor) -> Self:
        """A company sees its own, staff all."""
        return self if actor.is_staff or actor.is_system else self.filter(company_id=actor.company_id)


class InstrumentKind(models.TextChoices):
    BANK = "bank", _("Bank account")
    CARD = "card", _("Card")
    EWALLET = "ewallet", _("E-wallet")


class InstrumentStatus(models.TextChoices):
    USABLE = "usable", _("Can be used")
    REVIEW = "review", _("Being reviewed")
    REFUSED = "refused", _("Refused")
    REMOVED = "removed", _("Removed")


INSTRUMENT_MOVES = register_states(
    "wallets.Instrument",
    start=InstrumentStatus.REVIEW,
    table=moves(
        {
            InstrumentStatus.REVIEW: {InstrumentStatus.USABLE, InstrumentStatus.REFUSED, InstrumentStatus.REMOVED},
            InstrumentStatus.USABLE: {InstrumentStatus.REVIEW, InstrumentStatus.REFUSED, InstrumentStatus.REMOVED},
            InstrumentStatus.REFUSED: {InstrumentStatus.REMOVED},
            InstrumentStatus.REMOVED: (),
        }
    ),
)


class MatchResult(models.TextChoices):
    MATCH = "match", _("Name matches")
    CLOSE = "close", _("Name is close")
    MISMATCH = "mismatch", _("Name differs")


class Instrument(models.Model):
    """A bank account, card or e-wallet from which a company recharges (A11).

    Of its number only the last four signs are kept, and a keyed hash that finds the same one again.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="instruments")
    kind = models.CharField(max_length=8, choices=InstrumentKind)
    holder = models.CharField(max_length=200)
    institution = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    tail = models.CharField(max_length=4)
    fingerprint = models.CharField(max_length=64)
    match = models.CharField(max_length=8, choices=MatchResult)
    step = models.CharField(max_length=8, help_text="The rule of names.compare that decided.")
    status = models.CharField(max_length=8, choices=InstrumentStatus, default=InstrumentStatus.REVIEW)
    reported = models.BooleanField(default=False, help_text="Its name and tail are a gateway's word.")
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=now)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_reason = models.CharField(max_length=300, blank=True)

    objects = OwnQuerySet["Instrument"].as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_instrument_linked_once", fields=["company", "fingerprint"], condition=~Q(status="removed")
            ),
            models.CheckConstraint(
                name="mismatch_is_used_after_a_review_only",
                condition=~Q(status="usable", match="mismatch") | Q(reviewed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} •••• {self.tail}"


class RechargeFrom(models.Model):
    """From which instrument a recharge is to be paid or, once its gateway has reported it, was paid."""

    recharge = models.OneToOneField(Recharge, models.PROTECT, related_name="paid_from")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="recharges")
    reported = models.BooleanField(default=False, help_text="The gateway has said so.")

    def __str__(self) -> str:
        return f"{self.recharge_id} from {self.instrument}"


class FundsSource(models.TextChoices):
    TRADE = "trade", _("Income from the company's trade")
    CAPITAL = "capital", _("Capital paid in by its owners")
    LOAN = "loan", _("A loan")
    SALE = "sale", _("Sale of property")
    SAVINGS = "savings", _("Savings of a sole trader")
    OTHER = "other", pgettext_lazy("source of funds", "Something else")


class FundsDeclaration(models.Model):
    """What a company says about where its money comes from (A11, D12). Never changed: a new one has a new version.

    It is what the user declared; nobody has verified it, and no page says so.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="funds_declarations")
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=FundsSource)
    words = models.CharField(max_length=500, blank=True)
    wording = models.CharField(max_length=20, help_text="Which text was signed.")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    valid_until = models.DateTimeField()

    objects = OwnQuerySet["FundsDeclaration"].as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(name="one_declaration_a_version", fields=["company", "version"])]

    def __str__(self) -> str:
        return f"{self.company} {self.version}"


class ServiceKind(models.TextChoices):
    AGENT = "agent", _("Purchasing agents")
    LOGISTICS = "logistics", _("Logistics providers")


class Authorisation(models.Model):
    """A company's standing word that its wallet pays the providers of its orders, up to limits (A14). Revocable."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="authorisations")
    service = models.CharField(max_length=10, choices=ServiceKind)
    currency = models.CharField(max_length=3)
    each_minor = models.BigIntegerField(help_text="At most so much a payment, in minor units.")
    month_minor = models.BigIntegerField(help_text="At most so much a calendar month (UTC), in minor units.")
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=now)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet["Authorisation"].as_manager()

    class Meta:
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_authorisation_in_force",
                fields=["company", "service", "currency"],
                condition=Q(revoked_at=None),
            ),
            models.CheckConstraint(
                name="authorisation_has_limits", condition=Q(each_minor__gt=0, month_minor__gte=F("each_minor"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.service} {self.each}"

    @property
    def each(self) -> Money:
        return Money(self.each_minor, self.currency)

    @property
    def month(self) -> Money:
        return Money(self.month_minor, self.currency)


class ServicePayment(models.Model):
    """One payment to a provider under an authorisation; it waits whole while the wallet is short."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="service_payments")
    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="payments")
    payee = models.ForeignKey(Company, models.PROTECT, related_name="service_earnings")
    amount_minor = models.BigIntegerField()
    estimated_minor = models.BigIntegerField(
        null=True, blank=True, help_text="What the payer was told before, in minor units; the amount, if nothing was."
    )
    cause = models.CharField(max_length=80, unique=True, help_text="What is paid for; one thing is paid once.")
    words = models.CharField(max_length=200, blank=True, help_text="What it is for, as the payer reads it.")
    order_number = models.CharField(max_length=30, blank=True, help_text="The payer's order that it was for.")
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=now)
    paid_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet["ServicePayment"].as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="service_payment_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="withdrawn_service_was_not_paid", condition=Q(paid_at=None) | Q(withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} to {self.payee}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.authorisation.currency)

    @property
    def estimated(self) -> Money:
        """What the payer was told that it would cost: an estimate, never an offer (B9)."""
        told = self.amount_minor if self.estimated_minor is None else self.estimated_minor
        return Money(told, self.authorisation.currency)


class CaseReason(models.TextChoices):
    THIRD_PARTY = "third_party", _("Complaint of a third party")
    RIGHTS = "rights", _("Infringed rights")
    FRAUD = "fraud", _("Fraud")
    DAMAGE = "damage", _("Damage caused")
    PENALTY = "penalty", _("Penalty of the platform's rules")


class CaseStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


CASE_MOVES = register_states(
    "wallets.CompensationCase",
    start=CaseStatus.PROPOSED,
    table=moves(
        {
            CaseStatus.PROPOSED: {CaseStatus.APPROVED, CaseStatus.REJECTED},
            CaseStatus.APPROVED: (),
            CaseStatus.REJECTED: (),
        }
    ),
)


class CompensationCase(models.Model):
    """What a company has to make good: taken from its wallet, and the rest its debt (A33, terms 1.19)."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="compensation_cases")
    beneficiary = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="compensations", help_text="None: the platform."
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=12, choices=CaseReason)
    words = models.CharField(max_length=500)
    status = models.CharField(max_length=8, choices=CaseStatus, default=CaseStatus.PROPOSED)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    taken_minor = models.BigIntegerField(default=0, help_text="From the wallet, at the decision.")
    owed_minor = models.BigIntegerField(default=0, help_text="Became debt, at the decision.")
    passed_minor = models.BigIntegerField(default=0, help_text="Of the debt that was collected, to the beneficiary.")

    objects = OwnQuerySet["CompensationCase"].as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="case_is_about_money", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="case_needs_a_second_person", condition=~Q(decided_by=F("opened_by"))),
            models.CheckConstraint(
                name="approved_case_is_taken_or_owed",
                condition=Q(status="approved", amount_minor=F("taken_minor") + F("owed_minor"))
                | (~Q(status="approved") & Q(taken_minor=0, owed_minor=0)),
            ),
            models.CheckConstraint(
                name="no_more_is_passed_on_than_was_owed",
                condition=Q(passed_minor__gte=0, passed_minor__lte=F("owed_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.company}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def taken(self) -> Money:
        return Money(self.taken_minor, self.currency)

    @property
    def owed(self) -> Money:
        return Money(self.owed_minor, self.currency)


class PaymentBlock(models.Model):
    """Nothing leaves a company's accounts, until two people of the platform let it again; money still arrives."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.ForeignKey(Company, models.PROTECT, related_name="payment_blocks")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="None: by a link in a letter.")
    at = models.DateTimeField(default=now)
    lift_reason = models.CharField(max_length=300, blank=True)
    lift_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_block_a_company", fields=["company"], condition=Q(lifted_at=None)),
            models.CheckConstraint(
                name="block_is_lifted_by_two",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_by__isnull=False, lift_asked_by__isnull=False) & ~Q(lifted_by=F("lift_asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.reason}"
