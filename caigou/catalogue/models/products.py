"""Products with their variants, price tiers and pictures.

Every product says where it comes from: ``source`` and ``external_id`` together name it for ever, so that the same
file taken in twice changes nothing (B8).
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import User
from caigou.catalogue.models.categories import Category
from caigou.catalogue.models.suppliers import Supplier
from caigou.catalogue.pricing import Quote, QuoteType, Tier
from caigou.files.models import Picture
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states


class QuoteKind(models.TextChoices):
    """The three ways of 1688 to quote (integrations.md 1.6)."""

    BY_QUANTITY = QuoteType.BY_QUANTITY, _("By quantity")
    PER_VARIANT = QuoteType.PER_VARIANT, _("Each variant its price")
    BY_TOTAL = QuoteType.BY_TOTAL, _("By total quantity of all variants")


class ProductStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LISTED = "listed", _("On sale")
    WITHDRAWN = "withdrawn", _("Off sale")


PRODUCT_MOVES = register_states(
    "catalogue.Product",
    start=ProductStatus.DRAFT,
    table=moves(
        {
            ProductStatus.DRAFT: {ProductStatus.LISTED},
            ProductStatus.LISTED: {ProductStatus.WITHDRAWN},
            ProductStatus.WITHDRAWN: {ProductStatus.LISTED},
        }
    ),
)


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Everyone sees listed goods; a supplier its own in any state; staff all."""
        if actor is not None and (actor.is_staff or actor.is_system):
            return self
        listed = Q(status=ProductStatus.LISTED)
        if actor is not None and actor.role == "supplier":
            return self.filter(listed | Q(supplier__company_id=actor.company_id))
        return self.filter(listed)

    def for_cards(self) -> Self:
        """With what a row of a list shows, in three queries; a page of results reads ``catalogue.cards`` instead."""
        return self.select_related("supplier__company", "category").prefetch_related("price_tiers", "variants")

    def for_page(self) -> Self:
        """With everything that the product's own page shows, in four queries."""
        return self.select_related("supplier__company", "category__parent__parent").prefetch_related(
            "price_tiers",
            models.Prefetch("variants", Variant.objects.select_related("picture")),
            models.Prefetch("pictures", ProductPicture.objects.select_related("picture")),
        )


class Product(models.Model):
    """Goods that a supplier lists. A listed price is never an offer."""

    # Unique by a constraint: ``unique=True`` would write a second index for LIKE at each import, which nobody asks. So
    # with ``db_index=False``: those rows are found by an index that begins with the key.
    public_id = models.CharField(max_length=26, default=new_public_id, editable=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="products", db_index=False)
    source = models.CharField(max_length=60, help_text="Where the datum comes from, such as import:demo.")
    source_url = models.CharField(max_length=500, blank=True, help_text="The page that was read, where there is one.")
    external_id = models.CharField(max_length=120, help_text="The product's name at its source.")
    title_en = models.CharField(max_length=300, blank=True)
    title_zh = models.CharField(max_length=200, blank=True)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="products")
    unit = models.CharField(max_length=20, default="piece")
    currency = models.CharField(max_length=3)
    quote_type = models.CharField(max_length=12, choices=QuoteKind, default=QuoteKind.BY_QUANTITY)
    moq = models.PositiveIntegerField(help_text="Smallest quantity that the supplier sells, in units.")
    order_multiple = models.PositiveIntegerField(default=1, help_text="Orders are whole multiples of this.")
    carton_pieces = models.PositiveIntegerField(null=True, blank=True)
    carton_length_mm = models.PositiveIntegerField(null=True, blank=True)
    carton_width_mm = models.PositiveIntegerField(null=True, blank=True)
    carton_height_mm = models.PositiveIntegerField(null=True, blank=True)
    carton_weight_g = models.PositiveIntegerField(null=True, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True, help_text="One packed unit, in grams.")
    lead_days = models.PositiveSmallIntegerField(null=True, blank=True)
    sample_offered = models.BooleanField(null=True, blank=True, help_text="Empty: not stated.")
    sample_price_minor = models.BigIntegerField(null=True, blank=True, help_text="One sample; 0 is free.")
    sample_most = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Samples for one buyer.")
    sample_days = models.PositiveSmallIntegerField(null=True, blank=True)
    customisation = models.JSONField(
        default=list, blank=True, help_text="List of kind, moq, setup_fee_minor, unit_surcharge_minor, days, notes."
    )
    own_logo = models.BooleanField(default=False, help_text="Whether the supplier prints the buyer's logo.")
    hs_code = models.CharField(max_length=10, blank=True, help_text="A hint of 6 to 10 digits, never a classification.")
    rating_tenths = models.PositiveSmallIntegerField(null=True, blank=True, help_text="At the source; 47 is 4.7 of 5.")
    rating_count = models.PositiveIntegerField(default=0)
    sold = models.PositiveIntegerField(null=True, blank=True, help_text="Units sold, as the source states.")
    sold_here = models.PositiveBigIntegerField(
        default=0, db_default=0, editable=False, help_text="Units of orders that were completed on this market."
    )
    attributes = models.JSONField(default=list, blank=True, help_text="List of name_en, name_zh, value_en, value_zh.")
    drawing = models.CharField(max_length=40, blank=True)
    hue = models.PositiveSmallIntegerField(default=0)
    look = models.PositiveSmallIntegerField(default=0, help_text="Variation of the drawing, 0 to 3.")
    cover = models.CharField(
        max_length=80, blank=True, help_text="The first picture as files.shown.Shown; kept by services/pictures.py."
    )
    status = models.CharField(max_length=10, choices=ProductStatus, default=ProductStatus.LISTED)
    fetched_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_product_per_public_id", fields=["public_id"]),
            models.UniqueConstraint(name="product_once_per_source", fields=["source", "external_id"]),
            models.CheckConstraint(name="product_moq_is_positive", condition=Q(moq__gte=1, order_multiple__gte=1)),
            models.CheckConstraint(name="product_has_a_title", condition=~Q(title_en="", title_zh="")),
            models.CheckConstraint(name="product_hue_is_on_the_wheel", condition=Q(hue__lt=12)),
            models.CheckConstraint(
                name="product_sample_price_is_of_an_offered_one",
                condition=Q(sample_price_minor__isnull=True) | Q(sample_offered=True, sample_price_minor__gte=0),
            ),
            models.CheckConstraint(
                name="product_rating_is_of_somebody",
                condition=Q(rating_tenths__isnull=True, rating_count=0) | Q(rating_tenths__lte=50, rating_count__gte=1),
            ),
            models.CheckConstraint(
                name="product_hs_code_is_digits", condition=Q(hs_code="") | Q(hs_code__regex=r"^[0-9]{6,10}$")
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "status"], name="product_by_supplier"),
            models.Index(fields=["edited_by"], name="product_by_editor", condition=Q(edited_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title_en or self.title_zh

    @property
    def quote(self) -> Quote:
        """What the supplier charges, as a rule without database: see ``pricing.Quote``."""
        prices = {}
        if self.quote_type == QuoteKind.PER_VARIANT:
            rows = self.variants.all()
            prices = {v.pk: Money(v.unit_price_minor, self.currency) for v in rows if v.unit_price_minor is not None}
        return Quote(
            QuoteType(self.quote_type),
            moq=self.moq,
            multiple=self.order_multiple,
            tiers=self.own_tiers,
            variants=prices,
        )

    @property
    def own_tiers(self) -> tuple[Tier, ...]:
        """The stored price ladder, rising by quantity; empty where each variant has its price."""
        rows = sorted(self.price_tiers.all(), key=lambda row: row.from_quantity)
        return tuple(Tier(row.from_quantity, Money(row.unit_price_minor, self.currency)) for row in rows)

    @property
    def tiers(self) -> list[Tier]:
        """The price ladder as a buyer compares it; of goods priced per variant: the cheapest one from the MOQ on."""
        return list(self.quote.ladder)

    @property
    def picture(self) -> str:
        """The key of the drawing to show where there is no picture."""
        return self.drawing or (self.category.drawing if self.category else "carton")


class Variant(models.Model):
    """One colour, size or model of a product; ``options`` says which, in both languages."""

    public_id = models.CharField(max_length=26, default=new_public_id, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants", db_index=False)
    external_id = models.CharField(max_length=120, help_text="The variant's name at its source; unique in the product.")
    position = models.PositiveSmallIntegerField(default=0)
    options = models.JSONField(default=list, help_text="List of name_en, name_zh, value_en, value_zh.")
    unit_price_minor = models.BigIntegerField(
        null=True, blank=True, help_text="Only of goods priced per variant; minor units of the product's currency."
    )
    stock = models.PositiveIntegerField(null=True, blank=True, help_text="As the source states; empty: not stated.")
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    picture = models.ForeignKey(Picture, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_variant_per_public_id", fields=["public_id"]),
            models.UniqueConstraint(name="one_variant_per_name", fields=["product", "external_id"]),
            models.CheckConstraint(
                name="variant_price_is_positive", condition=Q(unit_price_minor__isnull=True) | Q(unit_price_minor__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.label_en or self.label_zh

    @property
    def label_en(self) -> str:
        """Its options as one name; a value without English stands as it is: Lake blue / M."""
        return _label(self.options, "value_en", "value_zh")

    @property
    def label_zh(self) -> str:
        """The same in Chinese: 湖蓝 / M."""
        return _label(self.options, "value_zh", "value_en")


def _label(options: Any, own: str, other: str) -> str:
    rows = [row for row in options if isinstance(row, dict)] if isinstance(options, list) else []
    return " / ".join(str(row.get(own) or row.get(other)) for row in rows if row.get(own) or row.get(other))


class ProductPicture(models.Model):
    """A picture of a product, in the order in which the gallery shows them."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    picture = models.ForeignKey(Picture, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(name="a_picture_once_in_a_gallery", fields=["product", "picture"])]

    def __str__(self) -> str:
        return f"{self.product}: {self.position}"


class PriceTier(models.Model):
    """From this quantity on, one unit costs this."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="price_tiers", db_index=False)
    from_quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField(help_text="In minor units of the product's currency.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_price_per_step", fields=["product", "from_quantity"]),
            models.CheckConstraint(
                name="tier_price_is_positive", condition=Q(unit_price_minor__gt=0, from_quantity__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_quantity}+: {self.unit_price_minor}"
