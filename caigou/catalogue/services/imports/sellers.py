"""Suppliers and categories as files name them; the demo's own files come in through here, too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind
from caigou.catalogue.models import Category, Qualification, Supplier, SupplierKind
from caigou.catalogue.services.imports.problems import shown
from caigou.kernel.errors import BadInput

_PLAIN = ("province", "province_zh", "city", "city_zh", "about_en", "about_zh")


def find_supplier(name: str) -> Supplier | None:
    """Return the supplier whose key or company name, English or Chinese, is ``name``; capitals don't matter."""
    if not name:
        return None
    suppliers = Supplier.objects.select_related("company").order_by("pk")
    return (
        suppliers.filter(key=name).first()
        or suppliers.filter(Q(company__name_en__iexact=name) | Q(company__name_zh=name)).first()
    )


@transaction.atomic
def ensure_supplier(name: str, *, country: str = "CN") -> Supplier:
    """Return the supplier called ``name``; where there is none, open a company and list it as an unverified trader.

    ``country`` is ISO 3166-1 alpha-2 and is used for a new one only. Raises ``BadInput`` for an empty or too long name.
    """
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise BadInput(_("A supplier's name has 1 to 200 characters."))
    # Nobody's row can be locked for a supplier that isn't there yet, so the name itself is.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"supplier:{name.casefold()}"])
    found = find_supplier(name)
    if found is not None:
        return found
    company = Company.objects.create(kind=CompanyKind.SUPPLIER, name_en=name, country=country)
    return Supplier.objects.create(company=company, country=country)


@transaction.atomic
def import_suppliers(path: Path) -> int:
    """Store every supplier of a JSON Lines file by its ``key``; return how many. Safe to repeat.

    A qualification without ``verified_until`` is not taken over: evidence that never ends proves nothing.
    Raises ``BadInput`` naming the line that can't be used; then nothing is stored.
    """
    rows = _objects(path, needed=("key", "name_en"))
    for number, row in rows:
        try:
            _store_supplier(row)
        except (ValueError, TypeError) as error:
            raise _bad_line(path, number, str(error)) from None
    return len(rows)


def _store_supplier(row: Mapping[str, Any]) -> None:
    supplier = Supplier.objects.select_related("company").filter(key=row["key"]).first()
    country = str(row.get("country") or "CN")
    if supplier is None:
        company = Company(kind=CompanyKind.SUPPLIER)
        supplier = Supplier(key=row["key"])
    else:
        company = supplier.company
    company.name_en, company.name_zh, company.country = row["name_en"], row.get("name_zh") or "", country
    company.save()
    until = date.fromisoformat(row["verified_until"]) if row.get("verified_until") else None
    supplier.company, supplier.country = company, country
    supplier.kind = SupplierKind(row.get("kind") or SupplierKind.TRADER)
    supplier.years = row.get("years")
    supplier.verified_until = until
    supplier.qualification = Qualification(row.get("qualification") or Qualification.NONE if until else "none")
    for field in _PLAIN:
        setattr(supplier, field, row.get(field) or "")
    supplier.save()


@transaction.atomic
def import_categories(path: Path) -> int:
    """Store every category of a JSON Lines file by its ``slug``; return how many. Safe to repeat.

    ``parent`` names a category of an earlier line or file; without it the category stands at the top. The order of
    the lines is the order in which the tree is shown. Raises ``BadInput`` naming the line that can't be used; then
    nothing is stored.
    """
    rows = _objects(path, needed=("slug", "name_en", "name_zh"))
    known = {category.slug: category for category in Category.objects.all()}
    position = max((category.position for category in known.values()), default=0)
    for number, row in rows:
        parent = known.get(row.get("parent") or "")
        if row.get("parent") and parent is None:
            raise _bad_line(path, number, _("the parent %(slug)s stands in no earlier line") % {"slug": row["parent"]})
        category = known.get(row["slug"])
        if category is None:
            position += 1
            category = Category(slug=row["slug"], position=position)
        if parent is not None and f"{parent.path}/".startswith(f"{category.path or category.slug}/"):
            raise _bad_line(path, number, _("a category can't stand below itself"))
        category.parent = parent
        category.name_en, category.name_zh = row["name_en"], row["name_zh"]
        category.drawing = row.get("drawing") or "carton"
        category.save()
        known[category.slug] = category
    return len(rows)


def _bad_line(path: Path, number: int, what: str) -> BadInput:
    return BadInput(
        _("%(file)s, line %(line)s can't be used: %(what)s") % {"file": path.name, "line": number, "what": shown(what)}
    )


def _objects(path: Path, *, needed: tuple[str, ...]) -> list[tuple[int, dict[str, Any]]]:
    rows = []
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                missing = [field for field in needed if not row[field]]
            except (ValueError, KeyError, TypeError):
                missing = list(needed)
            if missing:
                raise _bad_line(path, number, _("write an object with %(fields)s") % {"fields": ", ".join(needed)})
            rows.append((number, row))
    return rows
