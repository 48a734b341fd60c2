"""Our books beside a provider's statement (promise 10): 200 planted differences of 8 kinds in 20,000 lines."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from caigou.kernel.money import Money
from caigou.payments.bank.compare import Item, compare

_DAY = date(2026, 11, 1)


def statement(*, lines: int, planted: int, seed: int) -> dict[str, Any]:
    """Plant differences, each of a kind and a line of its own, and compare what was found with what was planted."""
    draw = random.Random(f"statement:{seed}")
    ours = [_line(draw, number) for number in range(lines)]
    theirs: list[Item | None] = list(ours)
    extra: list[Item] = []
    meant: set[tuple[str, str]] = set()
    kinds = list(_KINDS)
    for turn, place in enumerate(draw.sample(range(lines), planted)):
        kind = kinds[turn % len(kinds)]
        ours[place], theirs[place], more = _KINDS[kind](draw, ours[place])
        extra += more
        meant.add((kind, more[0].name if kind == "extra" else ours[place].name))
    told = [item for item in (*theirs, *extra) if item is not None]
    draw.shuffle(told)

    differences = Counter((each.kind, each.name) for each in compare(ours, told))

    broken = {
        "missed": len(meant - differences.keys()),
        "false": len(differences.keys() - meant),
        "named_twice": sum(times - 1 for times in differences.values()),
    }
    return {
        "lines": len(told),
        "planted": len(meant),
        "kinds": len(kinds),
        "found": len(meant & differences.keys()),
        "broken": {what: times for what, times in broken.items() if times},
    }


def _line(draw: random.Random, number: int) -> Item:
    """One movement; every third was converted."""
    day, fee = _DAY + timedelta(days=draw.randrange(30)), draw.choice((0, 0, 0, draw.randint(1, 99)))
    amount = draw.choice((1, -1)) * draw.randint(1, 10 ** draw.randint(2, 10))
    return Item(f"T{number}", day, Money(amount, "CNY"), Money(fee, "CNY"), number % 3 == 0)


#: What we have, what they have, and what they have besides.
Pair = tuple[Item, Item | None, list[Item]]


def _missing(_draw: random.Random, item: Item) -> Pair:
    return item, None, []


def _extra(draw: random.Random, item: Item) -> Pair:
    stranger = replace(item, name=f"X{item.name}", amount=_cny(item, draw.randint(1, 999)))
    return item, item, [stranger]


def _duplicate(_draw: random.Random, item: Item) -> Pair:
    return item, item, [item]


def _currency(_draw: random.Random, item: Item) -> Pair:
    return item, replace(item, amount=Money(item.amount.minor, "USD")), []


def _amount(draw: random.Random, item: Item) -> Pair:
    return item, replace(item, amount=_cny(item, draw.randint(2, 5_000))), []


def _fee(draw: random.Random, item: Item) -> Pair:
    return item, replace(item, fee=Money(100 + draw.randint(1, 99), "CNY")), []


def _fx_rounding(draw: random.Random, item: Item) -> Pair:
    own = replace(item, converted=True)
    return own, replace(own, amount=_cny(own, draw.choice((-1, 1)))), []


def _date(draw: random.Random, item: Item) -> Pair:
    return item, replace(item, day=item.day + timedelta(days=draw.randint(1, 9))), []


def _cny(item: Item, more: int) -> Money:
    return Money(item.amount.minor + more, "CNY")


_KINDS: dict[str, Callable[[random.Random, Item], Pair]] = {
    "missing": _missing,
    "extra": _extra,
    "duplicate": _duplicate,
    "currency": _currency,
    "amount": _amount,
    "fee": _fee,
    "fx_rounding": _fx_rounding,
    "date": _date,
}
