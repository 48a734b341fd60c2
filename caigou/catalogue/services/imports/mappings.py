"""Saved mappings of columns: kept once, found again for every later file of the same layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from caigou.catalogue.events import ImportRequested
from caigou.catalogue.models import IMPORT_MOVES, ColumnMapping, ImportRun, ImportStatus, Supplier
from caigou.catalogue.services.imports.access import check_may_import
from caigou.catalogue.services.imports.columns import Columns, checked, clean_constants
from caigou.catalogue.services.imports.problems import RowRefused
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.states import check_move


def mappings_for(supplier: Supplier | None) -> QuerySet[ColumnMapping]:
    """Return the mappings that a file of ``supplier`` may use: its own, then the platform's."""
    return ColumnMapping.objects.filter(Q(supplier=supplier) | Q(supplier=None)).order_by(
        "supplier_id", "-saved_at", "pk"
    )


def find_mapping(public_id: str, supplier: Supplier | None) -> ColumnMapping | None:
    """Return the mapping of that id if a file of ``supplier`` may use it."""
    return ColumnMapping.objects.filter(Q(supplier=supplier) | Q(supplier=None), public_id=public_id).first()


def fitting(header: Iterable[str], supplier: Supplier | None) -> ColumnMapping | None:
    """Return the latest mapping whose every column the file has; the supplier's own before the platform's."""
    names = set(header)
    own_first = sorted(mappings_for(supplier), key=lambda one: one.supplier_id is None)
    return next((one for one in own_first if one.columns and names >= one.columns.keys()), None)


@transaction.atomic
def save_mapping(
    name: str, columns: Columns, constants: Mapping[str, Any], *, supplier: Supplier | None, by: Actor
) -> ColumnMapping:
    """Keep what the columns mean under a name; the same name again replaces it.

    Raises ``NotAllowed`` as an import does, ``BadInput`` for a mapping without what a product must have.
    """
    check_may_import(by, supplier)
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise BadInput(_("A mapping's name has 1 to 80 characters."), fields={"name": _("1 to 80 characters")})
    try:
        stated = clean_constants(constants)
    except RowRefused:
        raise BadInput(_("A value for the whole file is too long.")) from None
    saved, _new = ColumnMapping.objects.update_or_create(
        supplier=supplier,
        name=name,
        defaults={
            "columns": checked(columns, stated), "constants": stated, "by_id": by.user_id, "saved_at": now(),
        },
    )  # fmt: skip
    return saved


@transaction.atomic
def read_with(run_id: int, mapping: ColumnMapping, *, by: Actor) -> ImportRun:
    """Let the worker read a file whose columns have now been named. Safe to repeat.

    Raises ``NotAllowed`` as an import does, ``IllegalMove`` for a run that isn't waiting for the names.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("supplier").get(pk=run_id)
    check_may_import(by, run.supplier)
    if run.status == ImportStatus.WAITING and run.mapping == mapping.public_id:
        return run
    check_move(IMPORT_MOVES, run.status, ImportStatus.WAITING)
    run.status, run.mapping = ImportStatus.WAITING, mapping.public_id
    run.save(update_fields=["status", "mapping"])
    publish(ImportRequested(run_id=run.pk))
    return run
