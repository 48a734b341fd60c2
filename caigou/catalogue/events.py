"""What the catalogue tells."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ProductChanged(Event):
    """A product was listed, changed or withdrawn: the index must follow."""

    product_id: int


@dataclass(frozen=True, slots=True)
class ProductsChanged(Event):
    """Some hundred products of an import were listed or changed at once: the index must follow."""

    product_ids: list[int]


@dataclass(frozen=True, slots=True)
class CatalogueImported(Event):
    """A file was taken in to its end; what it changed was told by ``ProductsChanged``, batch by batch."""

    run_id: int


@dataclass(frozen=True, slots=True)
class ImportRequested(Event):
    """A file waits to be taken in by the worker."""

    run_id: int


@dataclass(frozen=True, slots=True)
class SupplierChanged(Event):
    """What is stated or proven of a supplier changed: so did what its products can be found by."""

    supplier_id: int
