"""Does each statement begin where the one before it ended?  Where it doesn't, one is missing or was changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from caigou.kernel.money import Money
from caigou.payments.bank.models import BankAccount, BankStatement


@dataclass(frozen=True, slots=True)
class Break:
    """``statement`` opens with another balance than ``before`` closed with."""

    statement: BankStatement
    before: BankStatement
    opening: Money
    closing: Money

    @property
    def missing(self) -> Money:
        """What moved between the two and no statement tells."""
        return self.opening - self.closing


def breaks_of(account: BankAccount) -> list[Break]:
    """Return where the balances of an account's statements don't join, oldest first."""
    told = BankStatement.objects.filter(account=account, first_day__isnull=False).select_related("account")
    return list(breaks(told.order_by("first_day", "last_day", "pk")))


def breaks(told: Iterable[BankStatement]) -> Iterable[Break]:
    """Yield each statement that doesn't begin where one before it ended; ``told`` have days, most of them balances.

    The same days told twice, in two formats, are no break, nor are the parts of one day.
    """
    statements = list(told)
    ending: dict[date, list[BankStatement]] = defaultdict(list)
    for statement in statements:
        if statement.last_day is not None and statement.closing is not None:
            ending[statement.last_day].append(statement)
    for statement in statements:
        opening = statement.opening
        before = _before(statement, ending) if opening is not None else []
        if opening is None or not before or any(one.closing == opening for one in before):
            continue
        last = before[-1]
        if last.closing is not None:
            yield Break(statement, last, opening, last.closing)


def _before(statement: BankStatement, ending: Mapping[date, list[BankStatement]]) -> list[BankStatement]:
    """Return the statements that may have come right before: those that ended last, by this one's first day."""
    first = statement.first_day
    if first is None:
        return []
    same_day = [one for one in ending.get(first, ()) if one.pk != statement.pk]
    if any(one.closing == statement.opening or one.first_day != first for one in same_day):
        return same_day
    return ending[max(earlier)] if (earlier := [day for day in ending if day < first]) else []
