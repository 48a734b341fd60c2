"""An import from the file to its last batch: streamed, batch by batch in transactions, resumable at each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import CompanyKind, Seat
from caigou.catalogue.events import CatalogueImported, ProductsChanged
from caigou.catalogue.models import IMPORT_MOVES, ImportRun, ImportStatus, RefusedRow, Severity, Supplier
from caigou.catalogue.services.imports import uci
from caigou.catalogue.services.imports.access import check_may_import
from caigou.catalogue.services.imports.columns import guess, renamed
from caigou.catalogue.services.imports.fields import COLUMNS
from caigou.catalogue.services.imports.files import SourceFile, inspect, sha256
from caigou.catalogue.services.imports.gallery import PictureBox
from caigou.catalogue.services.imports.mappings import find_mapping, fitting
from caigou.catalogue.services.imports.problems import RAW_SHOWN, FileRefused, Problem, problem, shown
from caigou.catalogue.services.imports.rows import CsvRows, json_rows
from caigou.catalogue.services.imports.sheets import SheetRows, settled
from caigou.catalogue.services.imports.steps import Sellers, Step, header_notes, listings, product_steps
from caigou.catalogue.services.imports.store import store
from caigou.jobs.changes import changed
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.states import check_move

#: Products, or refused rows, or rows of any kind that one transaction takes.
BATCH = 1_000
BATCH_ROWS = 5_000
#: Rows that a person is shown who says what the columns mean, and columns without which a line names none.
PREVIEW_ROWS = 5
#: Columns that a person is asked about: each has three controls, and more than some hundred nobody looks through.
MOST_ASKED = 150
_FEWEST_COLUMNS = 2

#: Called after each batch with the rows done and, once known, about how many there are.
Progress = Callable[[int, int | None], None]


class ImportTakenOver(DomainError):
    """Another process goes on with this import; nothing is lost and nothing is done twice."""

    code = "import_taken_over"


def import_file(
    path: Path,
    *,
    by: Actor,
    supplier: Supplier | None = None,
    mapping: str | None = None,
    source: str = "",
    pictures: Path | None = None,
    progress: Progress | None = None,
) -> ImportRun:
    """Take in a CSV, JSONL or XLSX file and return the run with its figures and refused rows (B8, F6).

    The first two may be gzip. ``supplier`` sells everything in the file; without it each row names its own.
    ``mapping`` names a layout other than ours; without it the header decides. ``source`` is the name space of the
    external ids; without it each supplier has its own. ``pictures`` is a ZIP file of the pictures that rows name.
    The same file again changes nothing, and goes on where an interrupted import of it stopped.

    A file that can't be read at all gives a run with the status ``failed`` and the reason in ``error``.
    Raises ``NotAllowed`` for a buyer, and for a supplier who imports for somebody else; ``OSError`` when the path
    can't be read; ``ImportTakenOver`` when another process took this very run over.
    """
    check_may_import(by, supplier)
    run = _run_for(path, by, supplier, mapping or "")
    return take_in(run, path, pictures=pictures, source=source, progress=progress)


def _run_for(path: Path, by: Actor, supplier: Supplier | None, mapping: str) -> ImportRun:
    digest = sha256(path)
    interrupted = ImportRun.objects.filter(
        sha256=digest, supplier=supplier, mapping=mapping, by=by.user_id, stored_as="", status=ImportStatus.RUNNING
    ).first()
    return interrupted or ImportRun.objects.create(
        file_name=path.name[-255:], sha256=digest, supplier=supplier, mapping=mapping, by_id=by.user_id
    )


def take_in(
    run: ImportRun,
    path: Path,
    *,
    pictures: Path | None = None,
    source: str = "",
    progress: Progress | None = None,
) -> ImportRun:
    """Do what is left to do of ``run``; a run that is done, failed or waits for the names of its columns stays so.

    ``pictures`` is a ZIP file of pictures that the rows name.
    """
    if run.status not in (ImportStatus.WAITING, ImportStatus.RUNNING):
        return run
    try:
        file = inspect(path, run.file_name)
        box = PictureBox(pictures)
        steps = _steps(file, run, source)
    except ColumnsUnknown as unknown:
        return _ask_for_names(run, unknown)
    except FileRefused as refusal:
        return _finish(run, ImportStatus.FAILED, error=refusal.code)
    except FileNotFoundError:
        return _finish(run, ImportStatus.FAILED, error="missing_file")
    run = _start(run, file)

    def tell() -> None:
        if progress is not None:
            progress(run.rows_read, run.rows_total)

    for batch in _batches(islice(steps, run.steps_done, None)):
        run = _commit(run, box.fill(batch, tell))
        tell()
    return _finish(run, ImportStatus.DONE)


class ColumnsUnknown(FileRefused):
    """The first line names columns, but none of them is ours: somebody must say what they mean."""

    def __init__(self, header: list[str], rows: list[list[str]]) -> None:
        super().__init__("no_header")
        self.header = header
        self.rows = rows


def _by_staff(run: ImportRun) -> bool:
    """Say whether the system or somebody of the platform imports: whoever sells imports for one supplier.

    A file may wait: who has lost the supplier's seat since then is no staff for that.
    """
    if run.by_id is None or run.supplier_id is None:
        return True
    seats = Seat.objects.filter(user=run.by_id)
    sells = seats.filter(company__supplier=run.supplier_id).exists()
    return not sells and seats.filter(company__kind=CompanyKind.OPERATOR).exists()


def _steps(file: SourceFile, run: ImportRun, source: str) -> Iterator[Step]:
    """Return the steps of the file by its mapping; raises ``FileRefused`` when it has none."""
    sellers = Sellers(run.supplier, source, trusted=_by_staff(run))
    if file.kind == "jsonl":
        if run.mapping:
            raise FileRefused("unknown_mapping")
        return product_steps(json_rows(file), sellers)
    rows = CsvRows(file) if file.sheet is None else SheetRows(file.sheet)
    if run.mapping in ("", uci.MAPPING) and uci.fits(rows.header):
        if run.supplier is None:
            raise FileRefused("needs_supplier")
        return uci.steps(settled(rows, uci.COLUMNS), run.supplier)
    if not run.mapping and "external_id" in rows.header:
        return _chain(header_notes(rows.header), product_steps(settled(rows, COLUMNS), sellers, told=rows.header))
    saved = find_mapping(run.mapping, run.supplier) if run.mapping else fitting(rows.header, run.supplier)
    if saved is None:
        if run.mapping or len(rows.header) < _FEWEST_COLUMNS:
            raise FileRefused("unknown_mapping" if run.mapping else "no_header")
        raise ColumnsUnknown(rows.header, _first_rows(rows))
    if run.stored_as:
        run.mapping = saved.public_id  # after an interruption it goes on with the same one
    return product_steps(settled(renamed(rows, saved.columns, saved.constants), COLUMNS), sellers)


def _first_rows(rows: CsvRows | SheetRows) -> list[list[str]]:
    """Return the first rows that are whole, as a person is shown them."""
    whole = (row.values for row in rows if row.problem is None)
    return [
        [
            shown("" if values.get(name) is None else getattr(values[name], "value", values[name]))
            for name in rows.header
        ]
        for values in islice(whole, PREVIEW_ROWS)
    ]


@transaction.atomic
def _ask_for_names(run: ImportRun, unknown: ColumnsUnknown) -> ImportRun:
    """Keep the header and a few rows, so that somebody can say what they mean; one who can't be asked is refused."""
    if not run.stored_as:
        return _finish(run, ImportStatus.FAILED, error=unknown.code)
    run = _lock(run)
    check_move(IMPORT_MOVES, run.status, ImportStatus.COLUMNS)
    run.status = ImportStatus.COLUMNS
    header, rows = _most_said(unknown.header, unknown.rows)
    left_out = len(unknown.header) - len(header)
    run.preview = {"header": header, "rows": rows, "guess": guess(header, rows), "left_out": left_out}
    run.save(update_fields=["status", "preview"])
    changed(("import", run.pk))
    return run


def _most_said(header: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the columns that a person can be asked about: of too many first those that are known or say something."""
    known = guess(header, rows)
    places = sorted(
        range(len(header)), key=lambda place: (header[place] not in known, not any(row[place] for row in rows), place)
    )
    kept = sorted(places[:MOST_ASKED])
    return [header[place] for place in kept], [[row[place] for place in kept] for row in rows]


def _chain(first: Iterable[Step], then: Iterable[Step]) -> Iterator[Step]:
    yield from first
    yield from then


@dataclass(slots=True)
class _Batch:
    steps: list[Step] = field(default_factory=list)
    products: int = 0
    reports: int = 0

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.products += step.listing is not None
        self.reports += (step.refused is not None) + len(step.notes)

    @property
    def full(self) -> bool:
        return self.products >= BATCH or self.reports >= BATCH or len(self.steps) >= BATCH_ROWS


def _batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    batch = _Batch()
    for step in steps:
        batch.add(step)
        if batch.full:
            yield batch.steps
            batch = _Batch()
    if batch.steps:
        yield batch.steps


def _lock(run: ImportRun) -> ImportRun:
    """Lock the run; raises ``ImportTakenOver`` when it isn't where this process left it."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if (locked.status, locked.steps_done) != (run.status, run.steps_done):
        raise ImportTakenOver(_("Another process goes on with this import. Look at the list of imports."))
    return locked


@transaction.atomic
def _start(run: ImportRun, file: SourceFile) -> ImportRun:
    mapping = run.mapping
    run = _lock(run)
    if run.status != ImportStatus.RUNNING:
        check_move(IMPORT_MOVES, run.status, ImportStatus.RUNNING)
    run.status, run.rows_total, run.mapping = ImportStatus.RUNNING, file.rows, mapping
    run.save(update_fields=["status", "rows_total", "mapping"])
    changed(("import", run.pk))
    return run


@transaction.atomic
def _commit(run: ImportRun, steps: list[Step]) -> ImportRun:
    """Store a batch together with how far the run has come: both or neither."""
    run = _lock(run)
    offered = listings(steps)
    stored = store([listing for _step, listing in offered])
    refused = [(step, step.refused) for step in steps if step.refused is not None]
    refused += [(offered[position][0], problem("taken_by_other")) for position in stored.taken]
    noted = [(step, note) for step in steps for note in step.notes]
    RefusedRow.objects.bulk_create(
        [_report(run, step, why, Severity.REFUSED) for step, why in refused]
        + [_report(run, step, why, Severity.NOTED) for step, why in noted]
    )
    run.steps_done += len(steps)
    run.rows_read += sum(step.rows for step in steps)
    run.rows_refused += sum(step.rows for step, _why in refused)
    run.rows_noted += len(noted)
    run.products_new += stored.new
    run.products_changed += stored.changed
    run.products_same += stored.same
    run.save()
    changed(("import", run.pk))
    if stored.product_ids:
        publish(ProductsChanged(product_ids=stored.product_ids))
    return run


def _report(run: ImportRun, step: Step, why: Problem, severity: str) -> RefusedRow:
    raw = shown(step.raw, RAW_SHOWN)
    return RefusedRow(run=run, line=step.line, severity=severity, code=why.code, params=why.params, raw=raw)


@transaction.atomic
def _finish(run: ImportRun, status: str, *, error: str = "") -> ImportRun:
    run = _lock(run)
    check_move(IMPORT_MOVES, run.status, status)
    run.status, run.error, run.finished_at = status, error, now()
    run.rows_total = run.rows_read
    run.save()
    changed(("import", run.pk))
    if status == ImportStatus.DONE:
        publish(CatalogueImported(run_id=run.pk))
    return run
