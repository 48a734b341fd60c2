"""Tables of the catalogue: suppliers, categories, products, imports."""

from caigou.catalogue.models.categories import Category
from caigou.catalogue.models.imports import (
    IMPORT_MOVES,
    ColumnMapping,
    ImportRun,
    ImportStatus,
    RefusedRow,
    Severity,
)
from caigou.catalogue.models.products import (
    PRODUCT_MOVES,
    PriceTier,
    Product,
    ProductPicture,
    ProductQuerySet,
    ProductStatus,
    QuoteKind,
    Variant,
)
from caigou.catalogue.models.suppliers import (
    PROVES,
    Evidence,
    EvidenceKind,
    Qualification,
    Supplier,
    SupplierKind,
    mark_on,
    mark_today,
)

__all__ = [
    "IMPORT_MOVES",
    "PRODUCT_MOVES",
    "PROVES",
    "Category",
    "ColumnMapping",
    "Evidence",
    "EvidenceKind",
    "ImportRun",
    "ImportStatus",
    "PriceTier",
    "Product",
    "ProductPicture",
    "ProductQuerySet",
    "ProductStatus",
    "Qualification",
    "QuoteKind",
    "RefusedRow",
    "Severity",
    "Supplier",
    "SupplierKind",
    "Variant",
    "mark_on",
    "mark_today",
]
