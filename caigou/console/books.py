"""The books: whether every check holds, the trial balance, and whether what is owed is covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.checks import QUESTIONS
from caigou.kernel.money import Money
from caigou.ledger.chart import CHART
from caigou.ledger.services import check_books
from caigou.ledger.trial import TrialLine
from caigou.ui.charts import BarRow, bar_rows
from caigou.ui.shapes import Column


@dataclass(frozen=True, slots=True)
class CurrencyBook:
    """One currency: its rows, their sums, and what is owed to customers against what stands at gateways."""

    currency: str
    rows: Sequence[tuple[Any, ...]]
    total: tuple[Any, ...]
    difference: Money
    owed: Money
    covered_by: Money

    @property
    def balanced(self) -> bool:
        return not self.difference

    @property
    def covered(self) -> bool:
        return self.covered_by >= self.owed

    @property
    def bars(self) -> list[BarRow]:
        """What is owed above what stands for it, on one scale, and what is missing."""
        rows = [(_("Owed to customers"), self.owed), (_("At banks and gateways"), self.covered_by)]
        return bar_rows(rows if self.covered else [*rows, (_("Still missing"), self.owed - self.covered_by)])


def trial_columns() -> list[Column]:
    """Return the heads of a trial balance."""
    return [
        Column(_("Accounts")),
        Column(_("Debited"), "money"),
        Column(_("Credited"), "money"),
        Column(_("Balance, debit"), "money"),
        Column(_("Balance, credit"), "money"),
        Column(_("Set aside"), "money"),
    ]


@require_safe
@access(FINANCE)
def books(request: SeatedRequest) -> HttpResponse:
    """Run all checks now and show what they found; reading changes nothing."""
    report = check_books()
    context = {
        "report": report,
        "books": currency_books(report.trial_balance),
        "columns": trial_columns(),
        "checks": [(check, QUESTIONS.get(check, ""), findings) for check, findings in report.findings.items()],
        "broken": [(check, QUESTIONS.get(check, ""), found) for check, found in report.findings.items() if found],
    }
    return render(request, "console/books.html", context)


def currency_books(lines: Sequence[TrialLine]) -> list[CurrencyBook]:
    """Return the trial balance by currency; ``lines`` are sorted by currency."""
    return [_book(currency, list(group)) for currency, group in groupby(lines, key=lambda line: line.currency)]


def _book(currency: str, lines: Sequence[TrialLine]) -> CurrencyBook:
    zero = Money.zero(currency)
    debited = sum((line.debits for line in lines), zero)
    credited = sum((line.credits for line in lines), zero)
    owed = sum((line.credits - line.debits for line in lines if CHART[line.kind].nature == "owed"), zero)
    assets = sum((line.debits - line.credits for line in lines if CHART[line.kind].nature == "held"), zero)
    rows = [_row(line) for line in lines]
    on_debit = sum((row[3] for row in rows if row[3] is not None), zero)
    on_credit = sum((row[4] for row in rows if row[4] is not None), zero)
    held = sum((line.held for line in lines), zero)
    total = (_("Total"), debited, credited, on_debit, on_credit, held)
    return CurrencyBook(currency, rows, total, debited - credited, owed, assets)


def _row(line: TrialLine) -> tuple[Any, ...]:
    """Return one row; the balance stands on the side where it is, the other side stays empty."""
    balance = line.debits - line.credits
    return (
        CHART[line.kind].label,
        line.debits,
        line.credits,
        balance if balance.minor > 0 else None,
        -balance if balance.minor <= 0 else None,
        line.held or None,
    )
