"""A file from the web: stored first, taken in by the worker, outside any transaction and under a lease."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction

from caigou.catalogue.events import ImportRequested
from caigou.catalogue.models import ImportRun, Supplier
from caigou.catalogue.services.imports.access import check_may_import
from caigou.catalogue.services.imports.files import sha256
from caigou.catalogue.services.imports.problems import UNWANTED
from caigou.catalogue.services.imports.run import take_in
from caigou.jobs import calls
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor

#: The name of ``run_import_call`` in the table of calls.
IMPORT_CALL = "catalogue.import"


@transaction.atomic
def request_import(
    stored_as: str,
    name: str,
    *,
    by: Actor,
    supplier: Supplier | None = None,
    mapping: str | None = None,
    pictures_as: str = "",
) -> ImportRun:
    """Note that the uploaded file ``stored_as``, a path below the uploads folder, waits to be taken in.

    ``name`` is what its owner calls it; its ending says the format. ``pictures_as`` is the path of a ZIP file of
    pictures. Where no column is ours, the run waits until somebody has said what they mean (``read_with``).

    Raises ``NotAllowed`` as ``import_file`` does, ``ValueError`` for a path outside the folder, ``OSError`` when there
    is no such file.
    """
    check_may_import(by, supplier)
    run = ImportRun.objects.create(
        file_name=UNWANTED.sub("", PurePosixPath(name.replace("\\", "/")).name)[-255:],
        stored_as=stored_as,
        pictures_as=pictures_as,
        sha256=sha256(_uploaded(stored_as)),
        supplier=supplier,
        mapping=mapping or "",
        by_id=by.user_id,
    )
    publish(ImportRequested(run_id=run.pk))
    return run


def on_import_requested(event: ImportRequested) -> None:
    """Let the worker take the file in, in as many transactions as it needs."""
    calls.intend(IMPORT_CALL, {"run": event.run_id})


def run_import_call(payload: dict[str, Any], key: str) -> None:
    """Take in the file of ``payload["run"]``; each batch extends the lease of the call ``key``.

    Safe to repeat: a worker that takes over goes on after the last batch. Raises ``ImportTakenOver`` or
    ``calls.LeaseLost`` when another worker has done so; then this one stops.
    """
    run = ImportRun.objects.get(pk=payload["run"])
    pictures = _uploaded(run.pictures_as) if run.pictures_as else None
    run = take_in(run, _uploaded(run.stored_as), pictures=pictures, progress=lambda _done, _total: calls.keep(key))
    if pictures is not None and run.finished_at is not None:
        # What the camera wrote into them, such as where they were taken, is nobody's to keep.
        pictures.unlink(missing_ok=True)


def _uploaded(stored_as: str) -> Path:
    folder = Path(settings.CAIGOU_UPLOADS).resolve()
    path = (folder / stored_as).resolve()
    if not stored_as or not path.is_relative_to(folder):
        raise ValueError("the file is not below the uploads folder")
    return path
