"""One of two processes of a company that ask for the same at once; when killed, it begins its sequence anew."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from prove.logs import Board, Log, lines_of
from prove.over_http.client import Client, Reply
from prove.over_http.plan import Life, Step, Twist, life, steps
from prove.over_http.world import World

_PATIENCE = 0.03
#: More requests than any sequence has.
STEPS = 40
#: A payer who waits comes back to the page, which makes the product ask the gateway itself.
_COME_BACK = 5.0
_ARRIVES_WITHIN = 240.0


class Told(NamedTuple):
    """What one process was told about one request: the status, the state or the refusal's code, and about what."""

    sequence: int
    number: int
    status: int
    state: str
    subject: str
    replayed: bool
    digest: str
    verb: str


@dataclass
class Shopper:
    """``place`` on the board; ``first`` and ``step`` say which sequences are this pair's."""

    place: int
    peer: int
    seed: int
    first: int
    step: int
    sequences: int
    world: World
    port: int
    board: Board
    path: Path
    _subjects: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Work off what is left of this pair's sequences."""
        log = Log(self.path)
        # A retry is written down as its status alone.
        self._client = Client(self.port, on_retry=lambda status: log.write((status,)))
        last = deque((line for line in lines_of(self.path) if len(line) > 1), maxlen=1)
        begin = int(last[0][0]) if last else self.first
        for number in range(begin, self.sequences, self.step):
            of, self._subjects = life(self.seed, number), {}
            for step in steps(of):
                self._beside(number // self.step * STEPS + step.number)
                if told := self._do(of, step):
                    log.write(told)
        self.board[self.place] = 2**62

    def _beside(self, step: int) -> None:
        """Wait for the other of the pair, so that both ask at once."""
        self.board[self.place] = step
        end = time.monotonic() + _PATIENCE
        while self.board[self.peer] < step and time.monotonic() < end:
            time.sleep(0.0005)

    def _do(self, of: Life, step: Step) -> Told | None:
        if step.verb == "pay_in":
            return self._pay_in(of, step)
        if step.verb == "arrive":
            return self._arrive(of, step)
        verb = step.verb
        if of.end == "rivals" and verb == "cancel" and self.place % 2:
            if step.twist:
                return None
            verb = "ship"
        path, body = self._wish(of, verb, step.twist)
        key = f"{'other' if step.twist == 'other_key' else 'proof'}-{of.number:06d}-{verb}"
        secret = self.world.suppliers[of.supplier].secret if verb == "ship" else self._buyer(of).secret
        reply = self._client.api(secret, "POST", path, body, key=key)
        told = self._told(of, step, reply, verb)
        if told.status == 200 and not step.twist:
            self._subjects[verb] = told.subject
        return told

    def _wish(self, of: Life, verb: str, twist: Twist) -> tuple[str, Any]:
        """Return the address and the body of a request; one minor unit more, or another word, when it is altered."""
        more = twist == "altered"
        due = {"expected": _cny(of.total_minor + more)}
        order = f"orders/{self._subjects.get('place', '')}"
        match verb:
            case "recharge":
                return "recharges", {"amount": _cny(of.recharge_minor + more), "gateway": "sandbox"}
            case "place":
                offer, address = self.world.offers[of.number], self._buyer(of).address
                return "orders", {"offer": offer, "address": address, "quantity": of.quantity}
            case "pay_wrong":
                return f"{order}/pay", {"expected": _cny(of.total_minor + 1)}
            case "pay" | "confirm":
                return f"{order}/{verb}", due
            case "ship":
                return f"{order}/ship", {"carrier": "SF Express", "tracking_number": f"SF{of.number:09d}"}
            case _:
                return f"{order}/cancel", {"reason": "Altered." if more else "Not needed any more."}

    def _pay_in(self, of: Life, step: Step) -> Told:
        """The payer goes to the gateway's page and decides; the first decision stands."""
        reference, session = self._subjects["recharge"], self._buyer(of).session
        gone = self._client.page(session, "POST", f"/money/recharge/{reference}/go/")
        where = gone.headers.get("location", "")
        if gone.status == 302 and "/pay/" in where:
            decision = "pay" if of.pays_in else "decline"
            gone = self._client.page(session, "POST", where, f"decision={decision}")
        return Told(of.number, step.number, gone.status, "", reference, replayed=False, digest="", verb=step.verb)

    def _arrive(self, of: Life, step: Step) -> Told:
        """Ask until the recharge has ended."""
        reference, began, back = self._subjects["recharge"], time.monotonic(), _COME_BACK
        while True:
            reply = self._client.api(self._buyer(of).secret, "GET", f"recharges/{reference}")
            told = self._told(of, step, reply, step.verb)
            waited = time.monotonic() - began
            if told.state in {"paid", "failed"} or waited > _ARRIVES_WITHIN:
                return told
            if waited > back:
                back += _COME_BACK
                self._client.page(self._buyer(of).session, "GET", f"/money/recharge/{reference}/?back=yes")
            time.sleep(0.15)

    def _told(self, of: Life, step: Step, reply: Reply, verb: str) -> Told:
        said = reply.json
        return Told(
            of.number,
            step.number,
            reply.status,
            str(said["status"] if reply.status == 200 else said["code"]),
            str(said.get("id", "")),
            reply.headers.get("idempotent-replayed") == "true",
            hashlib.sha256(reply.body).hexdigest()[:16],
            verb,
        )

    def _buyer(self, of: Life) -> Any:
        return self.world.buyers[of.buyer]


def _cny(minor: int) -> dict[str, str]:
    return {"amount": f"{minor // 100}.{minor % 100:02d}", "currency": "CNY"}
