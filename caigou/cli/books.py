"""``caigou check-books``: does the ledger balance?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from caigou.cli.django_ready import django_ready
from caigou.cli.home import Home

if TYPE_CHECKING:
    from caigou.ledger.services import Report


def check_books(home: Home, *, as_json: bool) -> bool:
    """Print the state of the books; returns whether they balance."""
    with django_ready(home, unlimited=True):
        from caigou.ledger.services import check_books as check
        from caigou.ledger.services import seal_journals

        seal_journals(all_of_them=True)
        report = check(chain=True)
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    return report.balanced


def _show(report: Report) -> None:
    console = Console()
    table = Table(title="Trial balance", title_justify="left")
    for column in ("Currency", "Accounts"):
        table.add_column(column)
    for column in ("Debits", "Credits", "Held"):
        table.add_column(column, justify="right")
    for line in report.trial_balance:
        table.add_row(
            line.currency, line.kind, str(line.debits.amount), str(line.credits.amount), str(line.held.amount)
        )
    console.print(table)
    for check, findings in report.findings.items():
        for finding in findings:
            console.print(f"[red]{check}[/red] {escape(finding.subject)}: {escape(finding.detail)}")
    if report.seal:
        console.print(f"Seal {report.seal[0]}: {report.seal[1]}", soft_wrap=True)
    verdict = "The books balance" if report.balanced else "[red]The books do not balance[/red]"
    console.print(
        f"{verdict}: {report.journals} journals, {report.transfers} transfers, {len(report.findings)} checks."
    )
