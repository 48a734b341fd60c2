"""The history that is installed with us: the bank's own CSV in a ZIP file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from importlib import resources

from caigou.payments.rates.ports import Sheet

_ARCHIVE = "eurofxref-hist.zip"


def bundled_sheets() -> Iterator[Sheet]:
    """Yield every publication that is installed, newest first."""
    archive = resources.files("currency_converter") / _ARCHIVE
    with archive.open("rb") as file, zipfile.ZipFile(file) as zipped, zipped.open(zipped.namelist()[0]) as member:
        yield from read_csv(io.TextIOWrapper(member, encoding="ascii", newline=""))


def read_csv(lines: Iterable[str]) -> Iterator[Sheet]:
    """Yield the publications of the bank's CSV: a day in front, a currency a column, N/A where there was no rate.

    >>> next(read_csv(["Date,USD,CYP,", "2026-10-30,1.1528,N/A,"]))
    Sheet(day=datetime.date(2026, 10, 30), figures={'USD': Decimal('1.1528')})
    """
    for row in csv.DictReader(lines):
        figures = {
            code: Decimal(figure)
            for code, figure in row.items()
            if code and code != "Date" and figure and figure != "N/A"
        }
        yield Sheet(date.fromisoformat(row["Date"]), figures)
