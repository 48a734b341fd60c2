"""``caigou import``, ``export``, ``search`` and ``reindex``: goods at the command line."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from caigou.cli.django_ready import django_ready
from caigou.cli.errors import UserError
from caigou.cli.home import Home

if TYPE_CHECKING:
    from caigou.catalogue.cards import Card
    from caigou.catalogue.models import ImportRun
    from caigou.search.services import Results

#: How far an import steps back behind whoever waits for a page, and behind the worker, which makes goods findable.
BEHIND = 10
#: Refused rows that a person is shown; ``--json`` has them all.
_SHOWN = 20


def import_file(
    home: Home, file: Path, *, supplier: str | None, pictures: Path | None = None, as_json: bool = False
) -> None:
    """Import a catalogue and print what became of each row.

    ``supplier`` names the seller of everything in the file; one that isn't known yet is opened as an unverified
    trader. ``pictures`` is a ZIP file of the pictures that rows name. Raises ``UserError`` when nothing of the file
    could be read.
    """
    for needed in (file, pictures):
        if needed is not None and not needed.is_file():
            raise UserError(f"There is no file {needed}.")
    os.nice(BEHIND)
    with django_ready(home, unlimited=True):
        from caigou.catalogue.services.imports import ensure_supplier
        from caigou.catalogue.services.imports import import_file as take_in
        from caigou.kernel.actor import SYSTEM

        seller = ensure_supplier(supplier) if supplier else None
        try:
            with _progress("Importing") as progress:
                run = take_in(file, by=SYSTEM, supplier=seller, pictures=pictures, progress=progress)
        except OSError as error:
            raise UserError(f"{file} can't be read: {error.strerror or error}.") from error
        if run.error:
            raise UserError(f"{file.name} was not imported. {run.error_text}")
        _make_findable()
        typer.echo(_as_json(_run_as_json(run))) if as_json else _show_run(run)


def export_file(home: Home, file: Path, *, supplier: str | None, force: bool, as_json: bool) -> None:
    """Write the catalogue, or one supplier's, to a file that ``import`` takes; raises ``UserError`` with the reason."""
    if file.exists() and not force:
        raise UserError(f"{file} exists; --force overwrites it.")
    with django_ready(home, unlimited=True):
        from caigou.catalogue.services.exports import ExportRefused
        from caigou.catalogue.services.exports import export_file as write_out
        from caigou.catalogue.services.imports import find_supplier
        from caigou.kernel.actor import SYSTEM

        seller = find_supplier(supplier) if supplier else None
        if supplier and seller is None:
            raise UserError(f"There is no supplier {supplier}.")
        try:
            with _progress("Exporting") as progress:
                count = write_out(file, by=SYSTEM, supplier=seller, progress=progress)
        except ExportRefused as error:
            raise UserError(str(error)) from error
        except OSError as error:
            raise UserError(f"{file} can't be written: {error.strerror or error}.") from error
    typer.echo(_as_json({"file": str(file), "products": count}) if as_json else f"{count} products written to {file}.")


def search(home: Home, query: str, *, quantity: int | None, limit: int, exact: bool, as_json: bool) -> None:
    """Print the goods that ``query`` finds, best first; ``exact`` corrects no word and leaves none out."""
    with django_ready(home):
        from caigou.search.services import Query, find

        results = find(Query(text=query, quantity=quantity, size=limit), exact=exact)
        if results.unreachable:
            raise UserError("The search server can't be reached; `caigou doctor` says where it is looked for.")
        if results.rebuilding:
            raise UserError("There is no search index yet; `caigou reindex` builds it.")
        typer.echo(_as_json(_results_as_json(results))) if as_json else _show_results(results)


def reindex(home: Home, *, as_json: bool) -> None:
    """Build the search index anew; searching goes on with the old one until then."""
    with django_ready(home, unlimited=True):
        from caigou.search.lexicon import BadLexicon
        from caigou.search.services import reindex as build

        try:
            with _progress("Indexing") as progress:
                count = build(progress)
        except BadLexicon as bad:
            raise UserError(f"The trade lexicon can't be read. {bad}.") from bad
    typer.echo(_as_json({"goods": count}) if as_json else f"The search index holds {count} goods.")


def look_again(home: Home, *, as_json: bool) -> None:
    """Look at every picture of the goods anew; search by picture finds less until it has ended."""
    with django_ready(home, unlimited=True):
        from caigou.search.services.looking import look_again as look

        with _progress("Looking at pictures") as progress:
            count = look(progress)
    typer.echo(_as_json({"pictures": count}) if as_json else f"{count} pictures were looked at.")


def encode(home: Home, *, as_json: bool) -> None:
    """Make a vector of every title that has none yet, for goods near in meaning."""
    with django_ready(home, unlimited=True):
        from caigou.search.meaning.encoder import encoder, is_wanted
        from caigou.search.meaning.keeping import encode_all

        if not is_wanted():
            raise UserError("No meanings are kept here. Set CAIGOU_SEARCH_MEANING=yes first.")
        if encoder() is None:
            raise UserError("The encoder isn't installed; docs/operating.md says how.")
        with _progress("Encoding titles") as progress:
            count = encode_all(progress)
    typer.echo(_as_json({"titles": count}) if as_json else f"{count} titles were encoded.")


def _make_findable() -> None:
    """Do what the worker would do next, so that a search right after the import finds the goods."""
    from caigou.jobs.outbox import deliver_due
    from caigou.search.services import index_pending

    deliver_due()
    index_pending()


def _run_as_json(run: ImportRun) -> dict[str, Any]:
    return {
        "import": run.public_id,
        "file": run.file_name,
        "status": run.status,
        "rows": {"read": run.rows_read, "accepted": run.rows_accepted, "refused": run.rows_refused},
        "products": {"new": run.products_new, "changed": run.products_changed, "unchanged": run.products_same},
        "reported": [
            {
                "line": row.line,
                "severity": row.severity,
                "code": row.code,
                "reason": row.reason,
                "mend": row.mend,
                "row": row.raw,
            }
            for row in run.refused.all()
        ],
    }


def _show_run(run: ImportRun) -> None:
    console = _plain()
    console.print(
        f"{run.file_name}: {run.rows_read} rows read, {run.rows_refused} refused; "
        f"{run.products_new} new products, {run.products_changed} changed, {run.products_same} unchanged."
    )
    if not run.rows_refused:
        return
    table = Table("Line", "Reason", "What to do")
    for row in run.refused.filter(severity="refused")[:_SHOWN]:
        table.add_row(str(row.line), row.reason, row.mend)
    console.print(table)
    if run.rows_refused > _SHOWN:
        console.print(f"… and {run.rows_refused - _SHOWN} more; --json prints them all.")


def _product_as_json(product: Card, results: Results) -> dict[str, Any]:
    price = results.price_of(product)
    return {
        "id": product.public_id,
        "title_en": product.title_en,
        "title_zh": product.title_zh,
        "moq": product.moq,
        "unit": product.unit,
        "price": price.to_json() if price else None,
        "supplier": product.supplier.company.name_en,
        "supplier_zh": product.supplier.company.name_zh,
        "category": product.category.rpartition("/")[2] or None,
    }


def _results_as_json(results: Results) -> dict[str, Any]:
    return {
        "query": results.query.text,
        "total": results.total,
        "also_searched": list(results.also),
        "corrected": results.corrected or None,
        "did_you_mean": results.suggestion or None,
        "relaxed": list(results.relaxed),
        "more": [_product_as_json(product, results) for product in results.more],
        "close_in_meaning": [product.public_id for product in results.more if product.pk in results.close],
        "products": [_product_as_json(product, results) for product in results.products],
    }


def _show_results(results: Results) -> None:
    console = _plain()
    if results.corrected:
        console.print(f"Showing results for: {results.corrected}  (--exact searches for what was typed)")
    if results.suggestion:
        console.print(f"Did you mean: {results.suggestion}")
    if results.relaxed:
        words = " · ".join(results.relaxed)
        console.print(f"Nothing has all of these words. Showing goods with some of them: {words}")
    table = Table()
    table.add_column("Id", no_wrap=True)
    for column in ("Title", "标题", "MOQ", "Price", "Supplier"):
        table.add_column(column, overflow="fold")
    for product in [*results.products, *results.more]:
        price = results.price_of(product)
        cells = (product.title_en, product.title_zh, f"{product.moq} {product.unit}", str(price or ""))
        table.add_row(product.public_id, *cells, product.supplier.company.name_en)
    if results.products or results.more:
        console.print(table)
    also = f" (also searched: {', '.join(results.also)})" if results.also else ""
    kind = "with some of the words or near in meaning" if results.close else "with some of the words"
    behind = f", and {len(results.more)} {kind}" if results.more else ""
    console.print(f"{results.total} found{also}{behind}.")


def _plain() -> Console:
    """Return a console that shows what strangers wrote as it stands: ``[/b]`` in a title is no command to it."""
    return Console(markup=False, emoji=False, highlight=False)


def _as_json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar on standard error; yields the function that moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
