"""The command line of an installation: running it, its goods, its books, its backups.

A command either does what it says or prints one sentence and ends with code 2; ``check-books`` ends with code 1
when the books don't balance, so that a script can ask.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer

from caigou.cli.errors import UserError
from caigou.cli.home import find_home

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(
    name="caigou",
    help="Buy wholesale from China: run the platform, import goods, search them, check the books.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]


def _mendable(error: Exception) -> str:
    """Return what to tell a person about an error that is none of ours; empty for a fault of the program."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    from caigou.kernel.errors import DomainError

    if isinstance(error, OperationalError):
        return f"The database does not answer. {str(error).strip().splitlines()[0]}"
    return str(error) if isinstance(error, DomainError | ImproperlyConfigured) else ""


def told_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a person can mend into one sentence on standard error and exit code 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except UserError as error:
            reason = str(error)
        except Exception as error:
            reason = _mendable(error)
            if not reason:
                raise
        typer.echo(reason, err=True)
        raise typer.Exit(2)

    return run


@app.command()
@told_plainly
def up(
    demo: Annotated[bool, typer.Option("--demo", help="Run the demonstration: its own world, sandbox money.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port; 8000 or the next free one if not given.")] = None,
    web_workers: Annotated[int, typer.Option(help="Web processes.", min=1, max=64)] = 2,
    live_port: Annotated[int | None, typer.Option(help="Port of the live updates; the one after --port.")] = None,
) -> None:
    """Start the database, the web server, the worker and the live updates; Ctrl-C ends them."""
    from caigou.cli.up import become, site_on

    home = find_home("demo" if demo else None)
    become(home, site_on(home, host, port, web_workers, live_port))


@app.command()
@told_plainly
def seat(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    *,
    supplier: Annotated[str | None, typer.Option(help="Seat the person at this supplier.")] = None,
    staff: Annotated[bool, typer.Option("--staff", help="Seat the person at the operator.")] = False,
    finance: Annotated[bool, typer.Option("--finance", help="Of the staff: may see and move money.")] = False,
    name: Annotated[str, typer.Option(help="The person's name, if they are new.")] = "",
    chinese: Annotated[bool, typer.Option("--chinese", help="A new person reads Chinese.")] = False,
) -> None:
    """Give a person a seat: the first of the staff, or somebody of a supplier."""
    from caigou.cli.seats import seat as run

    run(find_home(), email, supplier=supplier, staff=staff, finance=finance, name=name, chinese=chinese)


@app.command(name="import")
@told_plainly
def import_(
    file: Annotated[Path, typer.Argument(help="A .csv, .jsonl or .xlsx file, or .csv.gz or .jsonl.gz.")],
    supplier: Annotated[str | None, typer.Option(help="Whose goods these are, for a file of one seller.")] = None,
    pictures: Annotated[Path | None, typer.Option(help="A ZIP file of the pictures that rows name.")] = None,
    as_json: Json = False,
) -> None:
    """Import a catalogue; rows that are refused are reported, nothing is lost."""
    from caigou.cli.goods import import_file

    import_file(find_home(), file, supplier=supplier, pictures=pictures, as_json=as_json)


@app.command(name="export")
@told_plainly
def export_(
    file: Annotated[Path, typer.Argument(help="The file to write: .jsonl, .csv, .jsonl.gz, .csv.gz or .xlsx.")],
    supplier: Annotated[str | None, typer.Option(help="Only this supplier's goods.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
    as_json: Json = False,
) -> None:
    """Export the catalogue in the format of import; importing the file changes nothing."""
    from caigou.cli.goods import export_file

    export_file(find_home(), file, supplier=supplier, force=force, as_json=as_json)


@app.command()
@told_plainly
def search(
    query: Annotated[str, typer.Argument(help="What to look for, in English or Chinese.")],
    quantity: Annotated[int | None, typer.Option(help="Show the price at this quantity.", min=1)] = None,
    limit: Annotated[int, typer.Option(help="How many goods to print.", min=1, max=100)] = 20,
    exact: Annotated[bool, typer.Option("--exact", help="Correct no word and leave none out.")] = False,
    as_json: Json = False,
) -> None:
    """Search the goods."""
    from caigou.cli.goods import search as run

    run(find_home(), query, quantity=quantity, limit=limit, exact=exact, as_json=as_json)


@app.command()
@told_plainly
def reindex(
    pictures: Annotated[bool, typer.Option("--pictures", help="Look at every picture anew instead.")] = False,
    meaning: Annotated[bool, typer.Option("--meaning", help="Encode titles that have no vector instead.")] = False,
    as_json: Json = False,
) -> None:
    """Build the search index anew from the database, or what search by picture or by meaning knows."""
    from caigou.cli.goods import encode, look_again
    from caigou.cli.goods import reindex as run

    (look_again if pictures else encode if meaning else run)(find_home(), as_json=as_json)


@app.command(name="check-books")
@told_plainly
def check_books(as_json: Json = False) -> None:
    """Check that the ledger balances; ends with code 1 when it doesn't."""
    from caigou.cli.books import check_books as run

    if not run(find_home(), as_json=as_json):
        raise typer.Exit(1)


@app.command()
@told_plainly
def doctor(as_json: Json = False) -> None:
    """Say what is configured, missing or unsafe; ends with code 1 when something is bad."""
    from caigou.cli.doctor import doctor as run

    if not run(find_home(), as_json=as_json):
        raise typer.Exit(1)


@app.command()
@told_plainly
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as caigou-2026-11-22.tar; a new one.")],
    as_json: Json = False,
) -> None:
    """Save everything to one file: database, pictures, uploads. Works while Caigou runs."""
    from caigou.cli.backup import backup as run

    _tell_backup(run(find_home(), file), "Saved to", as_json=as_json)


@app.command()
@told_plainly
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `caigou backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Give up the data that are here.")] = False,
    as_json: Json = False,
) -> None:
    """Bring everything back from a backup; Caigou must be stopped."""
    from caigou.cli.backup import restore as run

    _tell_backup(run(find_home(), file, replace=replace), "Restored from", as_json=as_json)


def _tell_backup(told: object, verb: str, *, as_json: bool) -> None:
    values = asdict(told)  # type: ignore[call-overload]
    if as_json:
        typer.echo(json.dumps(values))
    else:
        typer.echo(f"{verb} {values['file']}: {values['bytes']:,} bytes, {values['files']} files beside the database.")


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@told_plainly
def manage(context: typer.Context) -> None:
    """Run a management command of Django, such as `caigou manage shell`."""
    from caigou.cli.database import database

    with database(find_home()):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["caigou manage", *context.args])


@app.command()
@told_plainly
def reset(yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False) -> None:
    """Delete the demonstration's data: database, files, index."""
    from caigou.cli.up import reset as run

    home = find_home()
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Delete all data in {home.folder}?")):
        raise UserError("Nothing was deleted. Say --yes to delete without being asked.")
    run(home)
    typer.echo(f"The data in {home.folder} is deleted.")
