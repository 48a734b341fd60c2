"""What clients ask for over HTTP, made from a seed: the same for those who ask and the judge who checks.

A sequence is one order's life, asked for by two processes of one company at once: recharge, the payer's word at the
gateway, order, pay, and an end. Buyers and suppliers are shared by all, so that sequences meet in their wallets.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

BUYERS, SUPPLIERS = 12, 6
#: How a sequence ends: cancelled, shipped and confirmed, both tried at once, confirmed before it was shipped, or left.
End = Literal["cancel", "complete", "rivals", "too_early", "leave"]
_ENDS: tuple[End, ...] = ("cancel", "complete", "complete", "rivals", "rivals", "too_early", "leave")
#: Sent once more besides: the same again, the same key with another body, the same wish under another key.
Twist = Literal["", "again", "altered", "other_key"]
_TWISTS: tuple[Twist, ...] = ("again", "altered", "other_key")
Verb = Literal["recharge", "pay_in", "arrive", "place", "pay_wrong", "pay", "cancel", "ship", "confirm"]
_LAST: Mapping[End, tuple[Verb, ...]] = {
    "cancel": ("cancel",),
    "complete": ("ship", "confirm"),
    "rivals": ("cancel", "confirm"),  # the second process ships where the first cancels
    "too_early": ("confirm",),
    "leave": (),
}


@dataclass(frozen=True, slots=True)
class Life:
    """What one sequence is about; amounts are minor units of CNY."""

    number: int
    buyer: int
    supplier: int
    quantity: int
    unit_minor: int
    recharge_minor: int
    pays_in: bool
    end: End
    twists: tuple[tuple[int, Twist], ...]

    @property
    def total_minor(self) -> int:
        return self.quantity * self.unit_minor


class Step(NamedTuple):
    """One request: ``number`` within its sequence; of a twist the request right before it is repeated."""

    number: int
    verb: Verb
    twist: Twist = ""


@lru_cache(maxsize=4096)
def life(seed: int, number: int) -> Life:
    """Return what sequence ``number`` is about."""
    draw = random.Random(f"http:{seed}:{number}")
    quantity, unit = draw.randint(10, 300), draw.randint(100, 5_000)
    end = draw.choice(_ENDS)
    repeatable = [place for place, verb in enumerate(_verbs(end)) if verb in {"recharge", "pay", "cancel", "confirm"}]
    return Life(
        number=number,
        buyer=draw.randrange(BUYERS),
        supplier=draw.randrange(SUPPLIERS),
        quantity=quantity,
        unit_minor=unit,
        # Sometimes less than the order costs: then it waits, or others' money in the same wallet pays it.
        recharge_minor=quantity * unit * draw.choice((80, 100, 120, 150)) // 100,
        pays_in=draw.random() > 0.12,
        end=end,
        twists=tuple((draw.choice(repeatable), twist) for twist in _TWISTS),
    )


def _verbs(end: End) -> list[Verb]:
    return ["recharge", "pay_in", "arrive", "place", "pay_wrong", "pay", *_LAST[end]]


def steps(of: Life) -> list[Step]:
    """Return the requests in their order, each twist right after what it repeats."""
    found: list[Step] = []
    for place, verb in enumerate(_verbs(of.end)):
        found.append(Step(len(found), verb))
        for at, twist in of.twists:
            if at == place:
                found.append(Step(len(found), verb, twist))
    return found
