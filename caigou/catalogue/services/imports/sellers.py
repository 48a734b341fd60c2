"""Suppliers as files name them; the demo's own files come in through here, too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind
from caigou.catalogue.models import Evidence, EvidenceKind, Qualification, Supplier, SupplierKind
from caigou.catalogue.services.imports.problems import shown
from caigou.kernel.errors import BadInput

_PLAIN = ("province", "province_zh", "city", "city_zh", "about_en", "about_zh")


def find_supplier(name: str) -> Supplier | None:
    """Return the supplier whose key, company name or public id is ``name``; the capitals of a name don't matter."""
    if not name:
        return None
    suppliers = Supplier.objects.select_related("company").order_by("pk")
    return (
        suppliers.filter(key=name).first()
        or suppliers.filter(Q(company__name_en__iexact=name) | Q(company__name_zh=name)).first()
        or suppliers.filter(public_id=name).first()
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
    rows = json_objects(path, needed=("key", "name_en"))
    for number, row in rows:
        try:
            _store_supplier(row)
        except (ValueError, TypeError, KeyError, InvalidOperation) as error:
            raise bad_line(path, number, str(error)) from None
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
    rating = row.get("rating") or {}
    supplier.rating_tenths = int(Decimal(rating["average"]) * 10) if rating else None
    supplier.rating_count = rating["count"] if rating else 0
    supplier.save()
    if row.get("evidence") is not None:
        _store_evidence(supplier, row["evidence"])


def _store_evidence(supplier: Supplier, papers: Sequence[Mapping[str, Any]]) -> None:
    """Record papers that aren't recorded yet; one of the same kind and number is the same paper."""
    for paper in papers:
        Evidence.objects.get_or_create(
            supplier=supplier,
            kind=EvidenceKind(paper["kind"]),
            number=paper.get("number") or "",
            expires_on=date.fromisoformat(paper["expires_on"]),
            defaults={"checked_by": paper["checked_by"], "checked_on": date.fromisoformat(paper["checked_on"])},
        )


def bad_line(path: Path, number: int, what: str) -> BadInput:
    """Return the refusal of a whole file that names its line."""
    return BadInput(
        _("%(file)s, line %(line)s can't be used: %(what)s") % {"file": path.name, "line": number, "what": shown(what)}
    )


def json_objects(path: Path, *, needed: tuple[str, ...]) -> list[tuple[int, dict[str, Any]]]:
    """Return each line's number and object; raises ``BadInput`` for a line without the fields that are needed."""
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
                raise bad_line(path, number, _("write an object with %(fields)s") % {"fields": ", ".join(needed)})
            rows.append((number, row))
    return rows
