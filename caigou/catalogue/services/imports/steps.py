"""The steps of an import, and the mapping of our own format, where one row is one product.

A mapping turns rows into steps in an order that depends on the file alone. So an import that was interrupted reads
the file again, passes over the steps that are done, and goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from caigou.catalogue.models import Category, Product, Supplier
from caigou.catalogue.services.imports.fields import COLUMNS, SPREAD, ProductRow, product_row
from caigou.catalogue.services.imports.problems import Problem, RowRefused, problem
from caigou.catalogue.services.imports.rows import Row
from caigou.catalogue.services.imports.sellers import find_supplier

#: Unknown names that a whole file is told of.
_MOST_UNKNOWN = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """A product and where it belongs; ``pictures`` are the ids of those that were found for it."""

    row: ProductRow
    supplier_id: int
    source: str
    category_id: int | None = None
    pictures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one row: a product, a refusal, or only a part of a later product (neither).

    ``rows`` is 0 for a product that many earlier rows made and for a note on the header.
    """

    line: int
    raw: str = ""
    rows: int = 1
    listing: Listing | None = None
    refused: Problem | None = None
    notes: tuple[Problem, ...] = ()


class Sellers:
    """Who sells a row's product: the supplier of the whole file, or the one that the row names."""

    def __init__(self, whole_file: Supplier | None, source: str = "", *, trusted: bool = False) -> None:
        """``trusted``: rows may name any source, because staff import the file."""
        self.whole_file = whole_file
        self.trusted = trusted
        self._source = source
        self._sources: dict[int, frozenset[str]] = {}
        self._found: dict[str, Supplier | None] = {}

    def of(self, name: str) -> Supplier:
        """Return the seller; raises ``RowRefused`` when there is none or the file is another one's."""
        if not name and self.whole_file is not None:
            return self.whole_file
        if not name:
            raise RowRefused("no_supplier")
        if name not in self._found:
            self._found[name] = find_supplier(name)
        found = self._found[name]
        if self.whole_file is not None and found != self.whole_file:
            raise RowRefused("foreign_supplier", value=name)
        if found is None:
            raise RowRefused("unknown_supplier", value=name)
        return found

    def source_of(self, supplier: Supplier, stated: str = "") -> str:
        """Return the name space of the external ids: by default the supplier's own, so that none overwrite another's.

        A row may state one that some of its supplier's goods have already, as our export does.
        """
        own = own_source(supplier)
        if self._source or not stated or stated == own:
            return self._source or own
        if supplier.pk not in self._sources:
            known = Product.objects.filter(supplier=supplier).order_by().values_list("source", flat=True).distinct()
            self._sources[supplier.pk] = frozenset(known)
        return stated if self.trusted or stated in self._sources[supplier.pk] else own


def own_source(supplier: Supplier) -> str:
    """Return the name space of a supplier's own names of its goods."""
    return f"supplier:{supplier.public_id}"


def header_notes(columns: Iterable[str]) -> list[Step]:
    """Return a note on each column that has no meaning."""
    unknown = sorted(name for name in set(columns) - COLUMNS if not name.startswith("#"))
    return [Step(line=1, rows=0, notes=(problem("unknown_column", value=name),)) for name in unknown[:_MOST_UNKNOWN]]


def product_steps(rows: Iterable[Row], sellers: Sellers, *, told: Iterable[str] = ()) -> Iterator[Step]:
    """Yield one step for each row of our own format; names of fields that mean nothing are noted once each.

    ``told`` are names that were noted already, on the header.
    """
    known = {*COLUMNS, *SPREAD, *told}
    most = len(known) + _MOST_UNKNOWN
    categories = _categories()
    seen: dict[tuple[int, str, str], int] = {}
    for row in rows:
        try:
            if row.problem:
                yield Step(row.line, row.raw, refused=row.problem)
                continue
            product, notes = product_row(row.values)
            for name in sorted(row.values.keys() - known)[: most - len(known)]:
                known.add(name)
                notes.append(problem("unknown_column", value=name))
            seller = sellers.of(product.supplier)
            source = sellers.source_of(seller, product.source)
            first = seen.setdefault((seller.pk, source, product.external_id), row.line)
            if first != row.line:
                raise RowRefused("duplicate", first=first)
        except RowRefused as refusal:
            yield Step(row.line, row.raw, refused=refusal.problem)
            continue
        category = categories.get(product.category.casefold())
        if product.category and category is None:
            notes.append(problem("unknown_category", value=product.category))
        listing = Listing(product, seller.pk, source, category)
        yield Step(row.line, row.raw, listing=listing, notes=tuple(notes))


def _categories() -> dict[str, int]:
    """Return the categories by slug, and by each name, in small letters, that only one of them has."""
    rows = list(Category.objects.values_list("pk", "slug", "name_en", "name_zh"))
    called = Counter(name.casefold() for _pk, _slug, *names in rows for name in set(names))
    by_name = {name.casefold(): pk for pk, _slug, *names in rows for name in names if called[name.casefold()] == 1}
    return {**by_name, **{slug.casefold(): pk for pk, slug, *_names in rows}}


def listings(steps: Sequence[Step]) -> list[tuple[Step, Listing]]:
    """Return the steps that are products."""
    return [(step, step.listing) for step in steps if step.listing is not None]
