"""One of two processes that race through the same requests; killed at any moment, it begins its sequence anew."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection

from caigou.kernel.actor import SYSTEM
from caigou.kernel.money import Money
from caigou.ledger.services import (
    AccountId,
    JournalId,
    LedgerBusy,
    LedgerError,
    Leg,
    capture,
    holds_of,
    open_account,
    post,
    release,
)
from prove.logs import Answer, Board, Log, read
from prove.plan import Name, Op, original, sequence

#: How long one waits for the other before it goes on alone: the other may be dead.
_PATIENCE = 0.03
#: How long a server that was killed may take to come back.
_AWAY = 60.0
#: More requests than any sequence has.
_STEPS = 100


@dataclass
class Racer:
    """``place`` on the board; ``first`` and ``step`` say which sequences are this pair's."""

    place: int
    peer: int
    seed: int
    first: int
    step: int
    sequences: int
    board: Board
    path: Path
    _accounts: dict[Name, AccountId] = field(default_factory=dict)

    def run(self) -> None:
        """Work off what is left of this pair's sequences."""
        log = Log(self.path)
        last = deque(read(self.path), maxlen=1)
        begin = last[0].sequence if last else self.first
        for number in range(begin, self.sequences, self.step):
            self._do(number, log)
        self.board[self.place] = 2**62
        connection.close()

    def _do(self, number: int, log: Log) -> None:
        ops = sequence(self.seed, number)
        told: dict[int, tuple[str, int]] = {}
        for op in ops:
            self._beside(number // self.step * _STEPS + op.number)
            if (op.of >= 0 and told[op.of][0] != "ok") or (op.twist and told[op.number - 1][0] != "ok"):
                told[op.number] = ("skipped", 0)  # its hold was refused, or there is nothing to repeat
            else:
                told[op.number] = self._send(ops, op, told)
            log.write(Answer(number, op.number, *told[op.number]))

    def _beside(self, step: int) -> None:
        """Wait for the other of the pair, so that both send the same request at once."""
        self.board[self.place] = step
        end = time.monotonic() + _PATIENCE
        while self.board[self.peer] < step and time.monotonic() < end:
            time.sleep(0.0004)

    def _send(self, ops: tuple[Op, ...], op: Op, told: dict[int, tuple[str, int]]) -> tuple[str, int]:
        """Send until there is an answer; a refusal is one, a server that went away is none."""
        end = time.monotonic() + _AWAY
        while True:
            try:
                return "ok", self._ask(ops, op, told)
            except LedgerBusy:
                pass
            except LedgerError as refused:
                return refused.code, 0
            except (OperationalError, InterfaceError):
                if time.monotonic() > end:
                    raise
                connection.close()
                time.sleep(0.05)
            except Exception as unexpected:
                return type(unexpected).__name__, 0  # the judge knows no ground for it

    def _ask(self, ops: tuple[Op, ...], op: Op, told: dict[int, tuple[str, int]]) -> int:
        meant, key = op, f"key-{op.source}"
        if op.twist:
            meant = original(ops, op)
            key = f"other-{meant.source}" if op.twist == "other_key" else f"key-{meant.source}"
            if op.twist == "altered":
                meant = _altered(meant)
        if meant.of >= 0:
            taking = capture if meant.verb == "capture" else release
            amount = None if meant.minor is None else _money(meant.minor, ops[meant.of].parts[0].debit)
            held = holds_of(JournalId(told[meant.of][1]))[0]
            return taking(held, purpose=meant.purpose, source=meant.source, by=SYSTEM, amount=amount, key=key)
        make = Leg.hold if meant.verb == "hold" else Leg.transfer
        legs = [
            make(self._id(part.debit), self._id(part.credit), _money(part.minor, part.debit), "part")
            for part in meant.parts
        ]
        return post(meant.purpose, meant.source, legs, by=SYSTEM, key=key)

    def _id(self, name: Name) -> AccountId:
        if name not in self._accounts:
            self._accounts[name] = open_account(*name)
        return self._accounts[name]


def _money(minor: int, name: Name) -> Money:
    return Money(minor, name.currency)


def _altered(op: Op) -> Op:
    """Return the request with one minor unit more."""
    if op.of >= 0:
        return replace(op, minor=(op.minor or 0) + 1)
    first = op.parts[0]
    return replace(op, parts=(first._replace(minor=first.minor + 1), *op.parts[1:]))
