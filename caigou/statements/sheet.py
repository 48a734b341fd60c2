"""A statement as CSV: what a spreadsheet opens without calculating anything that somebody wrote."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from caigou.catalogue.services.imports.formulas import disarmed
from caigou.kernel.money import Money
from caigou.statements.account import Entry, Statement

#: Excel takes a file for UTF-8 by this sign only.
BOM = "\ufeff"


def statement_rows(statement: Statement) -> Iterator[Sequence[str]]:
    """Yield the head, the opening balance, every movement and the closing balance, in the active language."""
    yield (
        _("When"), _("What"), _("Reference"), _("In"), _("Out"), _("Balance"), _("Currency"),
        _("Estimate"), _("Actual"), _("Currency of the estimate"),
    )  # fmt: skip
    yield _edge(statement, statement.first.isoformat(), _("Opening balance"), statement.opening)
    for entry in statement.entries:
        yield _row(statement, entry)
    yield _edge(statement, statement.last.isoformat(), _("Closing balance"), statement.closing)


def _edge(statement: Statement, when: str, words: str, balance: Money) -> Sequence[str]:
    return (when, words, "", "", "", balance.amount, statement.currency, "", "", "")


def _row(statement: Statement, entry: Entry) -> Sequence[str]:
    rises, figure = entry.amount.minor > 0, Money(abs(entry.amount.minor), statement.currency).amount
    estimate = entry.estimate
    return (
        entry.when.astimezone(statement.zone).isoformat(timespec="seconds"),
        entry.words,
        entry.reference,
        figure if rises else "",
        "" if rises else figure,
        entry.balance.amount,
        statement.currency,
        estimate.estimated.amount if estimate else "",
        estimate.actual.amount if estimate and estimate.actual else "",
        estimate.currency if estimate else "",
    )


def written(rows: Iterable[Sequence[str]], *, figures: frozenset[int] = frozenset()) -> str:
    """Return rows as CSV with the sign of UTF-8; no cell is taken for a formula.

    ``figures`` are the columns that hold our own amounts, which may begin with a minus.
    """
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([cell if at in figures else disarmed(cell) for at, cell in enumerate(row)])
    return out.getvalue()


#: Columns of ``statement_rows`` that are amounts.
STATEMENT_FIGURES = frozenset({3, 4, 5, 7, 8})
