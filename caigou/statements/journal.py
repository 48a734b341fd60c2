"""The journal as CSV for the bookkeeper: every transfer of a period, in the order in which it was written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from caigou.kernel.money import Money
from caigou.ledger.models import Transfer, TransferKind
from caigou.statements.sheet import written

#: A machine reads it: the heads are the same in every language.
HEAD = (
    "transfer", "journal", "effective_at", "recorded_at", "purpose", "source", "kind", "code",
    "debit_kind", "debit_owner", "credit_kind", "credit_owner", "amount", "currency",
)  # fmt: skip
_FIGURES = frozenset({0, 1, 12})
_AT_ONCE = 2_000


def journal_rows(first: date, last: date) -> Iterator[Sequence[str]]:
    """Yield what moved or was set aside on the days from ``first`` to ``last`` (UTC, by effect), oldest first."""
    since = datetime.combine(first, time.min, tzinfo=UTC)
    until = datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)
    found = Transfer.objects.filter(journal__effective_at__gte=since, journal__effective_at__lt=until)
    for row in found.select_related("journal", "debit", "credit").order_by("pk").iterator(_AT_ONCE):
        yield (
            str(row.pk),
            str(row.journal_id),
            row.journal.effective_at.astimezone(UTC).isoformat(),
            row.journal.recorded_at.astimezone(UTC).isoformat(),
            row.journal.purpose,
            row.journal.source,
            TransferKind(row.kind).name.lower(),
            row.code,
            row.debit.kind,
            row.debit.owner,
            row.credit.kind,
            row.credit.owner,
            Money(row.amount, row.currency).amount,
            row.currency,
        )


def journal_parts(first: date, last: date) -> Iterator[str]:
    """Yield the file in parts, so that a year of it never stands in memory."""
    yield written([HEAD])
    part: list[Sequence[str]] = []
    for row in journal_rows(first, last):
        part.append(row)
        if len(part) == _AT_ONCE:
            yield _bare(part)
            part = []
    if part:
        yield _bare(part)


def _bare(rows: list[Sequence[str]]) -> str:
    return written(rows, figures=_FIGURES).removeprefix("\ufeff")
