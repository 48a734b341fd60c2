"""What the catalogue tells."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ProductChanged(Event):
    """A product was listed, changed or withdrawn: the index must follow."""

    product_id: int


@dataclass(frozen=True, slots=True)
class CatalogueImported(Event):
    """A file was taken in: every product of the run changed."""

    run_id: int


@dataclass(frozen=True, slots=True)
class ImportRequested(Event):
    """A file waits to be taken in by the worker."""

    run_id: int
