"""Inquiries, messages and offers.

An accepted offer is sealed: its terms are stored once more as plain data with their hash, and the database
refuses to change them (migration 0002). What an order costs is read from the seal, never from the catalogue.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, Language, User
from caigou.catalogue.models import Product
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states


class InquiryStatus(models.TextChoices):
    OPEN = "open", _("Waiting for an offer")
    OFFERED = "offered", _("Offer to answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: An expired or declined offer takes the inquiry back to ``open``: the supplier may offer again.
INQUIRY_MOVES = register_states(
    "negotiation.Inquiry",
    start=InquiryStatus.OPEN,
    table=moves(
        {
            InquiryStatus.OPEN: {InquiryStatus.OFFERED, InquiryStatus.DECLINED, InquiryStatus.WITHDRAWN},
            InquiryStatus.OFFERED: {
                InquiryStatus.OPEN,
                InquiryStatus.ACCEPTED,
                InquiryStatus.DECLINED,
                InquiryStatus.WITHDRAWN,
            },
            InquiryStatus.ACCEPTED: (),
            InquiryStatus.DECLINED: (),
            InquiryStatus.WITHDRAWN: (),
        }
    ),
)


class OfferStatus(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Replaced by a later offer")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OFFER_MOVES = register_states(
    "negotiation.Offer",
    start=OfferStatus.OPEN,
    table=moves(
        {
            OfferStatus.OPEN: {
                OfferStatus.ACCEPTED,
                OfferStatus.DECLINED,
                OfferStatus.EXPIRED,
                OfferStatus.SUPERSEDED,
                OfferStatus.WITHDRAWN,
            },
            OfferStatus.ACCEPTED: (),
            OfferStatus.DECLINED: (),
            OfferStatus.EXPIRED: (),
            OfferStatus.SUPERSEDED: (),
            OfferStatus.WITHDRAWN: (),
        }
    ),
)


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, actor: Actor) -> Self:
        """The asking and the asked company, and staff; nobody else, whatever its role."""
        if actor.is_staff or actor.is_system:
            return self
        return self.filter(Q(buyer_id=actor.company_id) | Q(seller_id=actor.company_id))


class Inquiry(models.Model):
    """A buyer asks one supplier for an offer (F7, F8)."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    buyer = models.ForeignKey(Company, models.PROTECT, related_name="inquiries_sent")
    seller = models.ForeignKey(Company, models.PROTECT, related_name="inquiries_received")
    product = models.ForeignKey(Product, models.PROTECT, related_name="inquiries")
    quantity = models.PositiveIntegerField(help_text="In units of the product.")
    mix: models.JSONField[Any, Any] = models.JSONField(
        default=list,
        blank=True,
        help_text="How the quantity is divided: list of public_id, label_en, label_zh, quantity, as the listing was.",
    )
    wish = models.TextField(blank=True, help_text="As the buyer wrote it; never replaced by a translation.")
    language = models.CharField(max_length=10, choices=Language)
    status = models.CharField(max_length=10, choices=InquiryStatus, default=InquiryStatus.OPEN)
    once = models.CharField(
        max_length=26, blank=True, default="", help_text="The form that sent it: sent twice, asked once."
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=now)
    moved_at = models.DateTimeField(default=now)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "inquiries"
        ordering = ["-moved_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="inquiry_two_parties", condition=~Q(buyer=F("seller"))),
            models.CheckConstraint(name="inquiry_quantity_is_positive", condition=Q(quantity__gte=1)),
            models.UniqueConstraint(name="a_form_asks_once", fields=["buyer", "once"], condition=~Q(once="")),
        ]
        indexes = [
            models.Index(fields=["buyer", "-moved_at"], name="inquiry_of_buyer"),
            models.Index(fields=["seller", "-moved_at"], name="inquiry_of_seller"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the inquiry sees its offers."""
        return self.filter(inquiry__in=Inquiry.objects.visible_to(actor))


class Offer(models.Model):
    """A supplier's binding terms until ``valid_until``; sealed when accepted. The price includes delivery."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="offers")
    round = models.PositiveSmallIntegerField(help_text="1 for the first offer of an inquiry.")
    quantity = models.PositiveIntegerField(help_text="The most that can be ordered at this price, in units.")
    moq = models.PositiveIntegerField(help_text="The least that can be ordered at this price, in units.")
    order_multiple = models.PositiveIntegerField(default=1)
    currency = models.CharField(max_length=3)
    unit_price_minor = models.BigIntegerField(help_text="For one unit, delivery included, in minor units.")
    deliver_by = models.DateField()
    valid_until = models.DateTimeField()
    note = models.TextField(blank=True)
    note_language = models.CharField(max_length=10, choices=Language, default=Language.CHINESE)
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.OPEN)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    sealed_terms: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    sealed_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the sealed terms' canonical JSON.")

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(name="offers_are_numbered", fields=["inquiry", "round"]),
            models.UniqueConstraint(name="one_open_offer", fields=["inquiry"], condition=Q(status="open")),
            models.UniqueConstraint(name="one_accepted_offer", fields=["inquiry"], condition=Q(status="accepted")),
            models.CheckConstraint(
                name="offer_amounts_are_positive",
                condition=Q(unit_price_minor__gt=0, moq__gte=1, order_multiple__gte=1, quantity__gte=F("moq")),
            ),
            models.CheckConstraint(
                name="accepted_offer_is_sealed",
                condition=~Q(status="accepted") | (Q(sealed_terms__isnull=False) & ~Q(sealed_hash="")),
            ),
            models.CheckConstraint(
                name="open_offer_has_no_end", condition=Q(status="open") ^ Q(ended_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["valid_until"], name="offer_expiring", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.unit_price} × {self.quantity}"

    @property
    def unit_price(self) -> Money:
        return Money(self.unit_price_minor, self.currency)

    @property
    def total(self) -> Money:
        """What the full quantity costs, delivery included."""
        return self.unit_price * self.quantity

    @property
    def is_lapsed(self) -> bool:
        """Open by its row but past its moment: the clock just hasn't come by yet."""
        return self.status == OfferStatus.OPEN and self.valid_until <= now()


class InquiryEvent(models.Model):
    """The history: every move of an inquiry or an offer, with actor and time."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="history")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=30)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%F %T}"
