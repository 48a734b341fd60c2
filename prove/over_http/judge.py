"""The independent check of what clients were told over HTTP: plan and logs on one side, the books on the other.

Nothing is asked of the product: sums are counted from the plan, and journals are read from the ledger's tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from prove.judge import Posted, Verdict, ask_auditors, judge_balances, posted_in
from prove.over_http.plan import Life, Step, life, steps
from prove.over_http.shopper import Told
from prove.over_http.world import World
from prove.plan import Name, Part

#: A wish under an order's payment request: its holds and what became of them carry the request's own id.
_OF_REQUEST = b"SELECT public_id, source FROM payments_paymentrequest WHERE purpose = 'order'"
_WAITING = b"""
SELECT count(*) FROM jobs_delivery WHERE done_at IS NULL UNION ALL SELECT count(*) FROM jobs_call WHERE done_at IS NULL
"""
_STATES = b"SELECT public_id, status FROM orders_order"


@dataclass
class Judge:
    """Counts and blames; ``books`` reads as the owner."""

    seed: int
    sequences: int
    world: World
    books: psycopg.Connection[Any]
    verdict: Verdict = field(default_factory=Verdict)

    def judge(self, told: Iterable[Told]) -> Verdict:
        """Compare everything; the product has come to rest before."""
        by_step: dict[tuple[int, int], list[Told]] = defaultdict(list)
        for answer in told:
            by_step[answer.sequence, answer.number].append(answer)
        self._posted = posted_in(self.books, self.verdict)
        self._request_of = {order: request for request, order in self.books.execute(_OF_REQUEST).fetchall()}
        self._state_of = dict(self.books.execute(_STATES).fetchall())
        self._meant: set[str] = set()
        self._wallets: Counter[int] = Counter()
        self._earned: Counter[int] = Counter()
        for number in range(self.sequences):
            of = life(self.seed, number)
            self._life(of, [(step, by_step.get((number, step.number), [])) for step in steps(of)])
        for fact in self._posted.keys() - self._meant:
            self.verdict.blame("posted_but_never_asked", fact)
        self._sums()
        judge_balances(self.books, self._posted.values(), self.verdict)
        ask_auditors(self.books, self.verdict)
        for row in self.books.execute("SELECT * FROM ledger.verify_chain()").fetchall():
            self.verdict.blame(f"chain_{row[0]}", row)
        return self.verdict

    # --- One order's life ----------------------------------------------------------------------------------------

    def _life(self, of: Life, answers: list[tuple[Step, list[Told]]]) -> None:
        first: dict[str, Told] = {}
        for step, told in answers:
            self.verdict.counts["answers"] += len(told)
            if not told:
                self.verdict.blame("never_answered", (of.number, step))
                continue
            if step.twist:
                self._twist(step, told, first)
                continue
            for answer in told:
                same = first.setdefault(answer.verb, answer)
                if step.verb not in {"pay_in", "arrive"} and answer.digest != same.digest:
                    self.verdict.blame("one_key_answered_differently", (answer, same))
                if step.verb != "pay_in":
                    self.verdict.counts["confirmed" if answer.status == 200 else f"refused_{answer.state}"] += 1
        if {"recharge", "arrive", "place", "pay_wrong", "pay"} <= first.keys():
            self._recharged(of, first)
            self._ordered(of, first)

    def _twist(self, step: Step, told: list[Told], first: dict[str, Told]) -> None:
        """The same again is answered as the first time, an altered one is refused, and no wish is done twice."""
        for answer in told:
            self.verdict.counts[f"sent_{step.twist}"] += 1
            was = first.get(answer.verb)
            if was is None:
                continue  # blamed already
            if step.twist == "again" and not (answer.replayed and answer.digest == was.digest):
                self.verdict.blame("repeat_answered_otherwise", (answer, was))
            if step.twist == "altered" and (answer.status, answer.state) != (422, "idempotency_mismatch"):
                self.verdict.blame("altered_not_refused", answer)
            # A recharge under another key is another one, for which nobody pays; all else stays the same thing.
            same_thing = (answer.subject == was.subject) != (step.verb == "recharge")
            if step.twist == "other_key" and answer.status == was.status == 200 and not same_thing:
                self.verdict.blame("other_key_did_it_again", (answer, was))

    def _recharged(self, of: Life, first: dict[str, Told]) -> None:
        asked, arrived = first["recharge"], first["arrive"]
        if asked.status != 200:
            self.verdict.blame("refused_without_ground", asked)
            return
        if arrived.state != ("paid" if of.pays_in else "failed"):
            self.verdict.blame("recharge_ended_otherwise", arrived)
        gateway, wallet = Name("gateway_clearing", "sandbox", "CNY"), self._wallet(of)
        found = self._fact(f"recharge:{asked.subject}", "P", Part(gateway, wallet, of.recharge_minor))
        if found != of.pays_in:
            self.verdict.blame("confirmed_and_lost" if of.pays_in else "credited_without_payment", asked)
        self._wallets[of.buyer] += of.recharge_minor * found

    def _ordered(self, of: Life, first: dict[str, Told]) -> None:
        wrong, placed, pay = first["pay_wrong"], first["place"], first["pay"]
        if (wrong.status, wrong.state) != (422, "wrong_amount"):
            self.verdict.blame("wrong_sum_not_refused", wrong)
        if (placed.status, pay.status) != (200, 200):
            self.verdict.blame("refused_without_ground", (placed, pay))
            return
        order = placed.subject
        escrow, wallet = Name("escrow", order, "CNY"), self._wallet(of)
        earned = Name("supplier_payable", self.world.suppliers[of.supplier].company, "CNY")
        # At once, or of what was set aside while the order waited.
        paid = self._fact(f"order.paid:{order}", "PC", Part(wallet, escrow, of.total_minor))
        captured = paid and self._posted[f"order.paid:{order}"].kind == "C"
        refunded = self._fact(f"order.refunded:{order}", "P", Part(escrow, wallet, of.total_minor))
        released = self._fact(f"order.released:{order}", "P", Part(escrow, earned, of.total_minor))
        request = self._request_of.get(order, "")
        held = self._fact(f"order.hold:{request}", "H", Part(wallet, escrow, of.total_minor))
        withdrawn = self._fact(f"order.withdrawn:{request}", "R", Part(wallet, escrow, of.total_minor))
        said: dict[str, str] = {verb: first[verb].state for verb in ("cancel", "ship", "confirm") if verb in first}
        told_paid = pay.state == "paid" or said.get("ship") == "shipped" or said.get("confirm") == "completed"
        cancelled, completed = said.get("cancel") == "cancelled", said.get("confirm") == "completed"
        state = self._state_of.get(order)
        for wrongly, what in (
            (told_paid and not paid, "confirmed_and_lost"),
            (completed and not released, "confirmed_and_lost"),
            (cancelled and paid and not refunded, "confirmed_and_lost"),
            (refunded and not cancelled, "posted_and_never_confirmed"),
            (released and not completed, "posted_and_never_confirmed"),
            (cancelled and (completed or said.get("ship") == "shipped"), "both_won"),
            (held != (captured or withdrawn), "still_held"),
            (state != _end(paid=paid, cancelled=cancelled, completed=completed, said=said), "state_is_not_as_told"),
            (paid - refunded - released != (state in {"paid", "shipped"}), "closed_escrow_not_empty"),
        ):
            if wrongly:
                self.verdict.blame(what, (of, first, state, paid, refunded, released))
        self._wallets[of.buyer] += of.total_minor * (refunded - paid)
        self._earned[of.supplier] += of.total_minor * released
        self.verdict.counts[f"ended_{state}"] += 1

    def _fact(self, fact: str, kinds: str, part: Part) -> bool:
        """Whether this was posted; if so it must be in just this shape."""
        self._meant.add(fact)
        found: Posted | None = self._posted.get(fact)
        if found is None:
            return False
        self.verdict.counts["posted"] += 1
        if found.kind not in kinds or found.parts != (part,):
            self.verdict.blame("posted_otherwise", (found, kinds, part))
        return True

    def _wallet(self, of: Life) -> Name:
        return Name("wallet", self.world.buyers[of.buyer].company, "CNY")

    # --- All of them ---------------------------------------------------------------------------------------------

    def _sums(self) -> None:
        """What every wallet and every supplier has is what the plan says that it must be, to the minor unit."""
        rows = self.books.execute(
            "SELECT a.kind, a.owner, sum(b.credits_posted - b.debits_posted)::bigint, sum(b.debits_pending)::bigint"
            "  FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id"
            " WHERE a.kind IN ('wallet', 'supplier_payable') GROUP BY a.kind, a.owner"
        ).fetchall()
        there = {(kind, owner): (posted, held) for kind, owner, posted, held in rows}
        wanted = {("wallet", self.world.buyers[place].company): minor for place, minor in self._wallets.items()}
        wanted |= {
            ("supplier_payable", self.world.suppliers[place].company): minor for place, minor in self._earned.items()
        }
        for name, minor in wanted.items():
            if there.pop(name, (0, 0)) != (minor, 0):
                self.verdict.blame("minor_units_lost_or_made", (name, minor))
        for name, figures in there.items():
            if figures != (0, 0):
                self.verdict.blame("minor_units_lost_or_made", (name, figures))


def _end(*, paid: bool, cancelled: bool, completed: bool, said: dict[str, str]) -> str:
    """Return the state in which an order must be after what clients were told."""
    if cancelled:
        return "cancelled"
    if completed:
        return "completed"
    if said.get("ship") == "shipped":
        return "shipped"
    return "paid" if paid else "placed"


def at_rest(books: psycopg.Connection[Any]) -> bool:
    """Whether the product has nothing left to deliver or to call."""
    return all(row[0] == 0 for row in books.execute(_WAITING).fetchall())
