"""Suppliers: what a selling company states, and what was verified of it, by whom and until when (F5, F6)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.files.models import Picture
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id


class SupplierKind(models.TextChoices):
    FACTORY = "factory", _("Factory")
    TRADER = "trader", _("Trader")


class Qualification(models.TextChoices):
    NONE = "none", _("Not verified")
    LICENCE = "licence_checked", _("Licence checked")
    FACTORY = "verified_factory", _("Verified factory")


def mark_today(qualification: str, until: date | None) -> str:
    """Return a qualification while its evidence counts, else ``none``; ``until`` is the last day, the clock is UTC's.

    A verified mark never outlives its papers, wherever it is shown.
    """
    return mark_on(now().date(), qualification, until)


def mark_on(day: date, qualification: str, until: date | None) -> str:
    """Return what counts of a qualification on ``day``; for whoever asks of many at once."""
    return Qualification.NONE if until is None or until < day else qualification


class Supplier(models.Model):
    """A company that sells. ``qualification`` sums up its valid evidence and is kept by the evidence's services."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    company = models.OneToOneField(Company, models.PROTECT, related_name="supplier")
    key = models.CharField(max_length=60, blank=True, help_text="What files of the catalogue call this supplier.")
    kind = models.CharField(max_length=10, choices=SupplierKind, default=SupplierKind.TRADER)
    country = models.CharField(max_length=2, default="CN", help_text="Where the goods leave from, ISO 3166-1.")
    province = models.CharField(max_length=60, blank=True)
    province_zh = models.CharField(max_length=30, blank=True)
    city = models.CharField(max_length=60, blank=True)
    city_zh = models.CharField(max_length=30, blank=True)
    about_en = models.TextField(blank=True)
    about_zh = models.TextField(blank=True)
    years = models.PositiveSmallIntegerField(null=True, blank=True)
    qualification = models.CharField(max_length=20, choices=Qualification, default=Qualification.NONE)
    verified_until = models.DateField(null=True, blank=True)
    rating_tenths = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Average of its ratings at their source, in tenths: 46 is 4.6 of 5."
    )
    rating_count = models.PositiveIntegerField(default=0)
    inquiries_counted = models.PositiveIntegerField(default=0, help_text="Requests on which the next two are based.")
    answered_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_minutes = models.PositiveIntegerField(null=True, blank=True, help_text="Median time to the first offer.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="supplier_qualification_has_an_end",
                condition=Q(qualification="none") | Q(verified_until__isnull=False),
            ),
            models.UniqueConstraint(name="one_supplier_per_key", fields=["key"], condition=~Q(key="")),
            models.CheckConstraint(
                name="supplier_rating_is_of_somebody",
                condition=Q(rating_tenths__isnull=True, rating_count=0) | Q(rating_tenths__lte=50, rating_count__gte=1),
            ),
            models.CheckConstraint(
                name="supplier_answers_at_most_all",
                condition=Q(answered_percent__isnull=True) | Q(answered_percent__lte=100, inquiries_counted__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return str(self.company)

    @property
    def valid_qualification(self) -> str:
        """What counts of it today: see ``mark_today``."""
        return mark_today(self.qualification, self.verified_until)


class EvidenceKind(models.TextChoices):
    LICENCE = "licence", _("Business licence")
    AUDIT = "factory_audit", _("Factory audit")
    ISO9001 = "iso9001", "ISO 9001"
    BSCI = "bsci", "amfori BSCI"
    CE = "ce", _("CE declaration")
    OTHER = "other", _("Other certificate")


#: What each kind of evidence proves about a supplier, the strongest first.
PROVES = {EvidenceKind.AUDIT: Qualification.FACTORY, EvidenceKind.LICENCE: Qualification.LICENCE}


class Evidence(models.Model):
    """A paper that was checked: who checked what, when, and until when it counts. Expired ones stay, as history."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EvidenceKind)
    number = models.CharField(max_length=80, blank=True)
    checked_by = models.CharField(max_length=120, help_text="Who looked at it: a person of the platform or a firm.")
    checked_on = models.DateField()
    expires_on = models.DateField(help_text="The last day on which it counts.")
    picture = models.ForeignKey(Picture, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["-expires_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="evidence_ends_after_it_was_checked", condition=Q(expires_on__gte=F("checked_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}: {self.kind}"

    @property
    def is_valid(self) -> bool:
        """Whether it counts today."""
        return self.revoked_at is None and self.expires_on >= now().date()
