"""``caigou doctor``: what is configured, missing or unsafe in an installation, each with what to do about it.

A check says ``ok``, ``note`` (works, but read it) or ``bad``; the command ends with code 1 when anything is bad.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from caigou.cli.database import database
from caigou.cli.errors import UserError
from caigou.cli.home import Home
from caigou.cli.lock import Lock

_GIB = 1024**3
_LEAST_FREE_GIB = 2
_SETTINGS_OF_THE_SERVER = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_OLDEST_POSTGRESQL = 150_000
_LATE_SECONDS = 300
_LIVE_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` is empty when all is well."""

    state: Literal["ok", "note", "bad"]
    what: str
    told: str
    mend: str = ""


def doctor(home: Home, *, as_json: bool) -> bool:
    """Look at everything and print it; returns whether nothing is bad."""
    findings = list(_examine(home))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _show(findings)
    return all(finding.state != "bad" for finding in findings)


def _examine(home: Home) -> Iterator[Finding]:
    yield from _machine(home)
    try:
        with database(home):
            import django

            django.setup()
            for check in _CHECKS:
                yield from check()
            yield _live(home)
    except UserError as error:
        yield Finding("bad", "database", str(error), "Mend this first; the rest can't be looked at without it.")
    except Exception as error:
        from django.core.exceptions import ImproperlyConfigured
        from django.db import DatabaseError

        if not isinstance(error, ImproperlyConfigured | DatabaseError):
            raise
        part = "settings" if isinstance(error, ImproperlyConfigured) else "database"
        yield Finding("bad", part, str(error).strip().splitlines()[0], "See .env.example and docs/operating.md.")


def _machine(home: Home) -> Iterator[Finding]:
    yield Finding("ok", "python", sys.version.split()[0])
    yield Finding("ok" if home.mode == "production" else "note", "mode", home.mode, _mode_words(home.mode))
    home.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home.folder).free / _GIB
    mend = "" if free >= _LEAST_FREE_GIB else f"Keep at least {_LEAST_FREE_GIB} GiB free: a full disk stops all orders."
    yield Finding("bad" if mend else "ok", "disk", f"{free:.1f} GiB free in the data folder", mend)


def _mode_words(mode: str) -> str:
    return "" if mode == "production" else "Sandbox money and known defaults: never let strangers in in this mode."


def _server() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        version = connection.pg_version  # type: ignore[attr-defined]
        old = version < _OLDEST_POSTGRESQL
        mend = "Use PostgreSQL 15 or newer." if old else ""
        yield Finding("bad" if old else "ok", "postgresql", f"{version // 10_000}.{version % 10_000}", mend)
        for name, wanted in _SETTINGS_OF_THE_SERVER.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            value = cursor.fetchone()[0]
            mend = "" if value == wanted else f"Set {name} = {wanted}: else confirmed payments can be lost."
            yield Finding("bad" if mend else "ok", name, value, mend)


def _roles() -> Iterator[Finding]:
    from caigou.cli.prepare import refuse_powerful_role

    try:
        refuse_powerful_role()
    except UserError as error:
        yield Finding("bad", "role", "the application may do too much", str(error))
    else:
        yield Finding("ok", "role", "the application may read and write rows, nothing more")
    known = bool(os.environ.get("DATABASE_OWNER_URL"))
    mend = "" if known else "Set DATABASE_OWNER_URL for upgrades; serving pages needs it not."
    yield Finding("ok" if known else "note", "owner", "known for migrations" if known else "not named", mend)


def _migrations() -> Iterator[Finding]:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    mend = "Start `caigou up` once, or run `caigou manage migrate` as the owner." if waiting else ""
    yield Finding("bad" if waiting else "ok", "migrations", f"{waiting} to do" if waiting else "all done", mend)


def _work() -> Iterator[Finding]:
    from django.db import connection

    from caigou.jobs.selectors import backlog

    left = backlog()
    state: Literal["ok", "bad"] = "bad" if left.stuck else "ok"
    mend = "Look at the console's page Work: it says what fails, and why." if left.stuck else ""
    yield Finding(state, "work", f"{left.waiting} waiting, {left.stuck} stuck", mend)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM jobs_delivery WHERE done_at IS NULL"
        )
        late = float(cursor.fetchone()[0])
    if late > _LATE_SECONDS:
        yield Finding("bad", "worker", f"work is {late / 60:.0f} minutes late", "Start the worker: `caigou up` does.")


def _search() -> Iterator[Finding]:
    from django.conf import settings

    from caigou.search.ports import IndexNotReady, IndexUnreachable
    from caigou.search.services import Query, index

    server = settings.SEARCH_ADDRESS
    if server is not None:
        mend = "" if server.is_private else "Use https: whoever listens on the way reads the password."
        yield Finding("note" if mend else "ok", "search server", str(server), mend)
    try:
        index().search(Query(size=1))
    except IndexUnreachable:
        mend = "Look whether the server runs, and at SEARCH_URL and its role's rights: docs/operating.md."
        yield Finding("bad", "search index", "its server can't be reached", mend)
    except IndexNotReady:
        yield Finding("bad", "search index", "not ready", "The worker builds it; or run `caigou reindex`.")
    else:
        yield Finding("ok", "search index", "ready")
    yield from _meaning()


def _meaning() -> Iterator[Finding]:
    from caigou.search.meaning.encoder import encoder, is_wanted
    from caigou.search.meaning.keeping import kept

    if not is_wanted():
        return
    if encoder() is None:
        mend = "Install it: docs/operating.md, Goods near in meaning. Until then search does without."
        yield Finding("bad", "search by meaning", "its encoder isn't installed", mend)
        return
    told = kept()
    yield Finding("ok", "search by meaning", f"{told.titles} titles, {told.waiting} of them wait for the worker")


def _books() -> Iterator[Finding]:
    from caigou.ledger.services import check_books

    report = check_books()
    mend = "" if report.balanced else "Run `caigou check-books` and stop payouts until it is explained."
    told = f"{report.transfers} transfers, " + ("balanced" if report.balanced else "NOT balanced")
    yield Finding("ok" if report.balanced else "bad", "books", told, mend)


def _people() -> Iterator[Finding]:
    from caigou.accounts.models import CompanyKind, Seat

    staff = Seat.objects.filter(company__kind=CompanyKind.OPERATOR, user__is_active=True).count()
    mend = "" if staff else "Seat the first one: `caigou seat ana@example.com --staff`."
    yield Finding("ok" if staff else "bad", "staff", f"{staff} {'person' if staff == 1 else 'people'}", mend)


def _mail_and_money() -> Iterator[Finding]:
    from django.conf import settings

    by_mail = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    told = f"by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if by_mail else "kept in a table, sent to nobody"
    yield Finding("ok" if by_mail else "note", "mail", told, "" if by_mail else "Real people need CAIGOU_SMTP_HOST.")
    sandbox = bool(settings.CAIGOU_SANDBOX_GATEWAY)
    told = "sandbox gateway only" if sandbox else "no sandbox"
    yield Finding("note" if sandbox else "ok", "payments", told, "It takes no real money." if sandbox else "")
    secure = bool(settings.SECURE)
    told = settings.CAIGOU_BASE_URL
    yield Finding("ok" if secure else "note", "address", told, "" if secure else "Real people need https.")
    apart = bool(settings.CAIGOU_PICTURES_URL)
    told = settings.CAIGOU_PICTURES_URL if apart else "from the pages' own host, in a sandbox"
    yield Finding("ok" if apart else "note", "pictures", told, "" if apart else "Set CAIGOU_PICTURES_URL.")
    watched = bool(settings.CAIGOU_METRICS_TOKEN)
    told = "/metrics answers who brings the token" if watched else "nobody may read /metrics"
    yield Finding("ok" if watched else "note", "metrics", told, "" if watched else "Set CAIGOU_METRICS_TOKEN.")


def _offers() -> Iterator[Finding]:
    from django.conf import settings

    if settings.CAIGOU_1688_APP_KEY:
        yield Finding("ok", "offers", f"1688 is asked, for {settings.CAIGOU_OFFERS_MS} ms at most")
    elif settings.CAIGOU_SANDBOX_OFFERS:
        yield Finding("note", "offers", "made-up ones of the sandbox only", "Set CAIGOU_1688_APP_KEY for real ones.")
    else:
        mend = "Set CAIGOU_1688_APP_KEY, _SECRET and _TOKEN to show 1688's; see docs/offers.md."
        yield Finding("note", "offers", "no other platform is asked", mend)


def _live(home: Home) -> Finding:
    """Ask for the live updates as a browser does, through the proxy if there is one."""
    import httpx

    holder = Lock(home.run).holder()
    if holder is None or not holder.live_url:
        return Finding("ok", "live updates", "not asked: Caigou isn't running here")
    address = f"{holder.live_url.rstrip('/')}/live/healthz"
    try:
        answer = httpx.get(address, timeout=_LIVE_SECONDS)
        told = "they answer" if answer.status_code == httpx.codes.OK else f"{address} answers {answer.status_code}"
    except httpx.HTTPError as error:
        told = f"{address} does not answer: {error}"
    if told == "they answer":
        return Finding("ok", "live updates", told)
    mend = "Pages ask every two seconds instead. Let your proxy hand /live/ on: docs/operating.md, Live updates."
    return Finding("note", "live updates", told, mend)


_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *(_server, _roles, _migrations, _work, _search, _books, _people, _mail_and_money, _offers),
)


def _show(findings: list[Finding]) -> None:
    table = Table("", "What", "How it is", "What to do")
    colours = {"ok": "green", "note": "yellow", "bad": "red"}
    for finding in findings:
        mark = f"[{colours[finding.state]}]{finding.state}[/]"
        table.add_row(mark, *map(escape, (finding.what, finding.told, finding.mend)))
    Console().print(table)
