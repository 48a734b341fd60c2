"""Tables of suppliers, categories, products, price tiers and import runs.

Every product says where it comes from: ``source`` and ``external_id`` together name it for ever, so that the same
file taken in twice changes nothing (B8).
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, User
from caigou.catalogue.pricing import Tier
from caigou.catalogue.reasons import explain
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states


class SupplierKind(models.TextChoices):
    FACTORY = "factory", _("Factory")
    TRADER = "trader", _("Trader")


class Qualification(models.TextChoices):
    NONE = "none", _("Not verified")
    LICENCE = "licence_checked", _("Licence checked")
    FACTORY = "verified_factory", _("Verified factory")


class Supplier(models.Model):
    """What a selling company states and what was verified of it (F5, F6)."""

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

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="supplier_qualification_has_an_end",
                condition=Q(qualification="none") | Q(verified_until__isnull=False),
            ),
            models.UniqueConstraint(name="one_supplier_per_key", fields=["key"], condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return str(self.company)

    @property
    def valid_qualification(self) -> str:
        """The qualification while its evidence is unexpired, else ``none``: a verified mark never outlives it."""
        if self.verified_until is None or self.verified_until < now().date():
            return Qualification.NONE
        return self.qualification


class Category(models.Model):
    """A kind of goods, named in both languages; ``drawing`` stands in where a product has no picture."""

    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=60)
    drawing = models.CharField(max_length=40, default="carton")

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name_en


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
        """With what a row of results shows, in two queries."""
        return self.select_related("supplier__company", "category").prefetch_related("price_tiers")


class Product(models.Model):
    """Goods that a supplier lists. A listed price is never an offer."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="products")
    source = models.CharField(max_length=60, help_text="Where the datum comes from, such as import:demo.")
    external_id = models.CharField(max_length=120, help_text="The product's name at its source.")
    title_en = models.CharField(max_length=300, blank=True)
    title_zh = models.CharField(max_length=200, blank=True)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="products")
    unit = models.CharField(max_length=20, default="piece")
    currency = models.CharField(max_length=3)
    moq = models.PositiveIntegerField(help_text="Smallest quantity that the supplier sells, in units.")
    order_multiple = models.PositiveIntegerField(default=1, help_text="Orders are whole multiples of this.")
    carton_pieces = models.PositiveIntegerField(null=True, blank=True)
    carton_length_mm = models.PositiveIntegerField(null=True, blank=True)
    carton_width_mm = models.PositiveIntegerField(null=True, blank=True)
    carton_height_mm = models.PositiveIntegerField(null=True, blank=True)
    carton_weight_g = models.PositiveIntegerField(null=True, blank=True)
    lead_days = models.PositiveSmallIntegerField(null=True, blank=True)
    attributes = models.JSONField(default=list, blank=True, help_text="List of name_en, name_zh, value_en, value_zh.")
    drawing = models.CharField(max_length=40, blank=True)
    hue = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=ProductStatus, default=ProductStatus.LISTED)
    fetched_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="product_once_per_source", fields=["source", "external_id"]),
            models.CheckConstraint(name="product_moq_is_positive", condition=Q(moq__gte=1, order_multiple__gte=1)),
            models.CheckConstraint(name="product_has_a_title", condition=~Q(title_en="", title_zh="")),
            models.CheckConstraint(name="product_hue_is_on_the_wheel", condition=Q(hue__lt=12)),
        ]

    def __str__(self) -> str:
        return self.title_en or self.title_zh

    @property
    def tiers(self) -> list[Tier]:
        """The price ladder, rising by quantity."""
        rows = sorted(self.price_tiers.all(), key=lambda row: row.from_quantity)
        return [Tier(row.from_quantity, Money(row.unit_price_minor, self.currency)) for row in rows]

    @property
    def picture(self) -> str:
        """The key of the drawing to show."""
        return self.drawing or (self.category.drawing if self.category else "carton")


class PriceTier(models.Model):
    """From this quantity on, one unit costs this."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="price_tiers")
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


class ImportStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


#: A run that is taken up again after a crash is running already: that is no move.
IMPORT_MOVES = register_states(
    "catalogue.ImportRun",
    start=ImportStatus.WAITING,
    table=moves(
        {
            ImportStatus.WAITING: {ImportStatus.RUNNING, ImportStatus.FAILED},
            ImportStatus.RUNNING: {ImportStatus.DONE, ImportStatus.FAILED},
            ImportStatus.DONE: (),
            ImportStatus.FAILED: (),
        }
    ),
)


class ImportRun(models.Model):
    """One file taken in: what came of each of its rows.

    Every row read is either refused or accepted. Where one row is one product, the accepted rows are the new,
    changed and unchanged products; where many lines make one product, they were merged into them.
    """

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(
        max_length=400, blank=True, help_text="Path below the uploads folder; empty for the CLI."
    )
    sha256 = models.CharField(max_length=64)
    mapping = models.CharField(
        max_length=40, blank=True, help_text="Which columns mean what; empty: found by the header."
    )
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, related_name="imports")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="imports")
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.WAITING)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True, blank=True, help_text="Known once the file was counted.")
    products_new = models.PositiveIntegerField(default=0)
    products_changed = models.PositiveIntegerField(default=0)
    products_same = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_noted = models.PositiveIntegerField(default=0, help_text="Notes on rows that were taken all the same.")
    steps_done = models.PositiveIntegerField(default=0, help_text="Where to go on after an interruption.")
    error = models.CharField(max_length=40, blank=True, help_text="Code of what is wrong with the file as a whole.")
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="finished_import_has_an_end",
                condition=Q(status__in=["waiting", "running"]) | Q(finished_at__isnull=False),
            ),
            models.CheckConstraint(name="import_refuses_what_it_read", condition=Q(rows_refused__lte=F("rows_read"))),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows_accepted(self) -> int:
        """The rows that are, or went into, products."""
        return self.rows_read - self.rows_refused

    @property
    def products_total(self) -> int:
        """How many products the file describes."""
        return self.products_new + self.products_changed + self.products_same

    @property
    def error_text(self) -> str:
        """Why the whole file was refused and how to mend it, in the reader's language; empty if it wasn't."""
        return " ".join(explain(self.error, {})) if self.error else ""


class Severity(models.TextChoices):
    REFUSED = "refused", _("Refused")
    NOTED = "noted", _("Noted")


class RefusedRow(models.Model):
    """A row that was not taken, or taken with a note, as it stood in the file, with the reason and how to mend it.

    Stored are the reason's code and its figures; the sentences are made when somebody reads them, in the reader's
    language (``reasons.py``).
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="refused")
    line = models.PositiveIntegerField(help_text="Line of the file, from 1.")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.REFUSED)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True, help_text="What the sentence of the code names.")
    raw = models.TextField()

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["run", "line"], name="refused_by_line")]

    def __str__(self) -> str:
        return f"{self.run}:{self.line} {self.code}"

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        return explain(self.code, self.params).reason

    @property
    def mend(self) -> str:
        """What to do about it, in the reader's language."""
        return explain(self.code, self.params).mend
