"""What the bank test does, made from a seed: the same sequences for the workers who do them and the judge who checks.

A sequence is one order's life: a recharge, paying into escrow at once or by a hold, refunds, the split of the rest, and
tries that must fail. Wallets and earnings are shared by all, so that sequences meet; each escrow belongs to one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

Verb = Literal["post", "hold", "capture", "release"]
#: What is sent once more besides: the same again, the same key with another amount, the same fact under another key.
Twist = Literal["again", "altered", "other_key"]

_TWISTS: tuple[Twist, ...] = ("again", "altered", "other_key")
CURRENCIES = ("CNY", "CNY", "USD", "JPY", "KWD")
_WALLETS, _EARNERS, _GATEWAYS = 12, 6, 2


class Name(NamedTuple):
    """An account, as the ledger calls it."""

    kind: str
    owner: str
    currency: str


class Part(NamedTuple):
    """One transfer: from, to, and how many minor units."""

    debit: Name
    credit: Name
    minor: int


@dataclass(frozen=True, slots=True)
class Op:
    """One request: ``number`` within its sequence; ``parts`` for a post or a hold, ``of`` the hold to take from.

    ``minor`` None takes all that is left of the hold. ``never`` asks for more than ever was there; ``always`` has no
    reason to be refused.
    """

    sequence: int
    number: int
    verb: Verb
    what: str
    parts: tuple[Part, ...] = ()
    of: int = -1
    minor: int | None = None
    twist: Twist | None = None
    never: bool = False
    always: bool = False

    @property
    def source(self) -> str:
        return f"{self.sequence}-{self.number}"

    @property
    def purpose(self) -> str:
        return f"prove.{self.what}"


@lru_cache(maxsize=64)
def sequence(seed: int, number: int) -> tuple[Op, ...]:
    """Return the requests of one sequence, in their order."""
    draw = random.Random(f"{seed}:{number}")
    return tuple(
        replace(op, sequence=number, number=place) for place, op in enumerate(_twisted(draw, _life(draw, number)))
    )


def _life(draw: random.Random, number: int) -> Iterator[Op]:
    currency = draw.choice(CURRENCIES)
    wallet = Name("wallet", f"buyer-{draw.randrange(_WALLETS)}", currency)
    escrow = Name("escrow", f"order-{number}", currency)
    gateway = Name("gateway_clearing", f"gateway-{draw.randrange(_GATEWAYS)}", currency)
    total = draw.randint(100, 500_000)

    yield Op(0, 0, "post", "recharge", (Part(gateway, wallet, draw.randint(total, total * 2)),), always=True)
    yield from _pay(draw, wallet, escrow, total)
    # Two refunds of 60 %: one of them finds too little, and more than was ever paid is never there.
    for _ in range(2):
        yield Op(0, 0, "post", "refund", (Part(escrow, wallet, total * 3 // 5),))
    yield Op(0, 0, "post", "refund_over", (Part(escrow, wallet, total * 2 + 1),), never=True)
    yield Op(0, 0, "post", "refund", (Part(escrow, wallet, draw.randint(1, max(1, total // 10))),))
    yield Op(0, 0, "post", "payout", tuple(_split(draw, escrow, total * draw.randint(1, 30) // 100 + 3)))


def _pay(draw: random.Random, wallet: Name, escrow: Name, total: int) -> Iterator[Op]:
    """Pay at once, or by a hold that is captured in parts; ``of`` is the hold's place in the sequence, mended below."""
    if draw.random() < 0.4:
        yield Op(0, 0, "post", "pay", (Part(wallet, escrow, total),))
        return
    extra = draw.randint(1, 100)
    yield Op(0, 0, "hold", "hold", (Part(wallet, escrow, total + extra),))
    yield Op(0, 0, "capture", "capture_over", of=1, minor=total + extra + 1, never=True)
    first = draw.randint(1, total)
    yield Op(0, 0, "capture", "capture", of=1, minor=first)
    if first < total:
        yield Op(0, 0, "capture", "capture", of=1, minor=total - first)
    if draw.random() < 0.7:  # the others stay held to the end
        yield Op(0, 0, "release", "release", of=1, minor=draw.choice([None, extra]))
    if draw.random() < 0.5:
        other = draw.randint(1, total)
        yield Op(0, 0, "post", "pay", (Part(wallet, escrow, other),))


def _split(draw: random.Random, escrow: Name, amount: int) -> Iterator[Part]:
    fee = max(1, amount * 3 // 100)
    agent = max(1, (amount - fee) * draw.randint(1, 10) // 100)
    earner = f"earner-{draw.randrange(_EARNERS)}"
    for kind, owner, minor in (
        ("fee_revenue", "platform", fee),
        ("agent_payable", earner, agent),
        ("supplier_payable", earner, amount - fee - agent),
    ):
        if minor > 0:
            yield Part(escrow, Name(kind, owner, escrow.currency), minor)


def _twisted(draw: random.Random, life: Iterator[Op]) -> Iterator[Op]:
    """Add three twists, each right after the request that it repeats; ``of`` follows the hold to its new place."""
    ops = list(life)
    repeatable = [place for place, op in enumerate(ops) if not op.never]
    twists: dict[int, Twist] = dict(zip(draw.sample(repeatable, 3), _TWISTS, strict=True))
    hold = 2 if 0 in twists else 1
    for place, found in enumerate(ops):
        op = replace(found, of=hold) if found.of >= 0 else found
        yield op
        if place in twists:
            yield replace(op, twist=twists[place])


def original(ops: tuple[Op, ...], twisted: Op) -> Op:
    """Return the request that a twist repeats: the one right before it."""
    return ops[twisted.number - 1]


def legs_of(ops: tuple[Op, ...], op: Op) -> tuple[Part, ...]:
    """Return what a request moves; for "all that is left" of a hold the amount is 0, to be counted by the judge."""
    if op.of < 0:
        return op.parts
    held = ops[op.of].parts[0]
    return (Part(held.debit, held.credit, op.minor or 0),)
