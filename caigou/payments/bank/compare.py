"""Our books beside somebody's statement: each difference found and named (promise 10).  A pure rule, no database.

Eight kinds. One difference is named for a pair, the gravest: another currency says all about the sum, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from caigou.kernel.money import Money

Kind = Literal["missing", "extra", "duplicate", "currency", "amount", "fee", "fx_rounding", "date"]


@dataclass(frozen=True, slots=True)
class Item:
    """One movement as one side has it, under the name that both sides give it.

    ``amount`` is what moved, negative for money out; ``fee`` what the provider kept for it. ``converted`` sums came
    from another currency, where a minor unit may differ by rounding alone.
    """

    name: str
    day: date
    amount: Money
    fee: Money | None = None
    converted: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the two sides differ; ``ours`` or ``theirs`` is None where only one side has it."""

    kind: Kind
    name: str
    ours: Item | None
    theirs: Item | None


def compare(ours: Iterable[Item], theirs: Iterable[Item], *, days: int = 0) -> list[Difference]:
    """Return every difference, sorted by kind and name; days may differ by ``days``."""
    mine, yours = _by_name(ours), _by_name(theirs)
    found: list[Difference] = []
    for name in mine.keys() | yours.keys():
        found += _of_name(name, mine.get(name, []), yours.get(name, []), days)
    return sorted(found, key=lambda difference: (difference.kind, difference.name))


def _by_name(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.name].append(item)
    return found


def _of_name(name: str, mine: list[Item], yours: list[Item], days: int) -> Iterator[Difference]:
    """Pair what both have, the equal ones first; what is left over has no partner, or is told twice."""
    both = bool(mine) and bool(yours)
    for own in list(mine):
        same = next((other for other in yours if _kind(own, other, days) is None), None)
        if same is not None:
            mine.remove(own)
            yours.remove(same)
    for own, other in zip(mine, yours, strict=False):
        kind = _kind(own, other, days)
        if kind is not None:
            yield Difference(kind, name, own, other)
    paired = min(len(mine), len(yours))
    for place, own in enumerate(mine[paired:]):
        yield Difference("duplicate" if both or place else "missing", name, own, None)
    for place, other in enumerate(yours[paired:]):
        yield Difference("duplicate" if both or place else "extra", name, None, other)


def _kind(own: Item, other: Item, days: int) -> Kind | None:
    if own.amount.currency != other.amount.currency:
        return "currency"
    apart = abs(own.amount.minor - other.amount.minor)
    if apart:
        return "fx_rounding" if apart == 1 and (own.converted or other.converted) else "amount"
    zero = Money.zero(own.amount.currency)
    if (own.fee or zero) != (other.fee or zero):
        return "fee"
    return "date" if abs((own.day - other.day).days) > days else None
