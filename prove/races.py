"""Many at once on one account: refunds that together are too much (promise 4), and a freeze (promise 7)."""

from __future__ import annotations

import os
import random
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections

from caigou.kernel.actor import SYSTEM
from caigou.kernel.money import Money
from caigou.ledger.services import (
    AccountId,
    HoldId,
    LedgerBusy,
    LedgerError,
    Leg,
    balance,
    capture,
    freeze,
    hold,
    open_account,
    post,
    release,
    restrict,
)
from prove.crowd import Crowd, Kills
from prove.ground import Ground, use
from prove.logs import Answer, Board, Log, read

#: Fifty at once, as ten processes of five connections each.
_PROCESSES, _THREADS = 10, 5
_SPENDERS = 8
_DONE = 2**62
_ORDER = 100_00
_REFUND = 60_00


def refunds(server: Ground, *, orders: int, seed: int) -> dict[str, Any]:
    """Refund 60 % of each order fifty times at once, each time as another fact: exactly one succeeds."""
    use(server, "refunds")
    buyer, escrows = _wallet("buyer", orders * _ORDER), []
    for number in range(orders):
        escrows.append(open_account("escrow", f"order-{number}", "CNY"))
        _post("prove.paid", number, Leg.transfer(buyer, escrows[-1], Money(_ORDER, "CNY"), "paid"))
    connections.close_all()

    def refund(place: int, number: int) -> Answer:
        leg = Leg.transfer(escrows[number], buyer, Money(_REFUND, "CNY"), "refund")
        return Answer(number, place, *_answer(lambda: _post("prove.refund", f"{number}-{place}", leg)))

    answers, seconds = _race(server, refund, processes=_PROCESSES, threads=_THREADS, rounds=orders, seed=seed)
    verdict: Counter[str] = Counter()
    by_order: dict[int, list[str]] = defaultdict(list)
    for answer in answers:
        by_order[answer.sequence].append(answer.outcome)
    for number, escrow in enumerate(escrows):
        told = Counter(by_order[number])
        verdict["not_exactly_one"] += told["ok"] != 1
        verdict["refused_otherwise"] += told["insufficient_funds"] != _PROCESSES * _THREADS - 1
        verdict["left_otherwise"] += balance(escrow).posted.minor != _ORDER - _REFUND
    verdict["left_otherwise"] += balance(buyer).posted.minor != orders * _REFUND
    return _told(
        verdict, {"orders": orders, "at_once": _PROCESSES * _THREADS, "sent": len(answers), "seconds": seconds}
    )


def holds(server: Ground, *, trials: int, seed: int) -> dict[str, Any]:
    """Of 100.00 with 60.00 set aside: capture it twice over, set more aside, and spend what is set aside, all at once.

    Of four captures of 36.00 one succeeds, of four holds of 30.00 one, and no payment of 60.00.
    """
    use(server, "holds")
    till = open_account("escrow", "till", "CNY")
    wallets = [_wallet(f"buyer-{number}", _ORDER) for number in range(trials)]
    held = [
        hold(wallet, till, Money(60_00, "CNY"), purpose="prove.held", source=number, by=SYSTEM)
        for number, wallet in enumerate(wallets)
    ]
    connections.close_all()

    def race(place: int, number: int) -> Answer:
        source, wallet = f"{number}-{place}", wallets[number]
        part, more = Money(36_00, "CNY"), Money(30_00, "CNY")
        whole = Leg.transfer(wallet, till, Money(60_00, "CNY"), "spent")
        does: tuple[Callable[[], int], ...] = (
            lambda: capture(held[number], purpose="prove.captured", source=source, by=SYSTEM, amount=part),
            lambda: hold(wallet, till, more, purpose="prove.more", source=source, by=SYSTEM),
            lambda: _post("prove.spent", source, whole),
        )
        return Answer(number, place, *_answer(does[place % 3]))

    answers, seconds = _race(server, race, processes=6, threads=2, rounds=trials, seed=seed)
    verdict: Counter[str] = Counter()
    won: dict[int, Counter[int]] = defaultdict(Counter)
    refused = ("hold_spent", "insufficient_funds", "insufficient_funds")
    for answer in answers:
        kind = answer.number % 3
        won[answer.sequence][kind] += answer.outcome == "ok"
        verdict["refused_otherwise"] += answer.outcome not in {"ok", refused[kind]}
    for number, wallet in enumerate(wallets):
        verdict["not_exactly_one"] += (won[number][0], won[number][1], won[number][2]) != (1, 1, 0)
        left = balance(wallet)
        figures = (left.posted.minor, left.pending.minor, left.available.minor)
        verdict["left_otherwise"] += figures != (64_00, 54_00, 10_00)
    return _told(verdict, {"trials": trials, "at_once": 12, "sent": len(answers), "seconds": seconds})


def freezes(server: Ground, *, trials: int, seed: int) -> dict[str, Any]:
    """Eight spend from one wallet while it is frozen or restricted; afterwards nothing leaves but what may.

    Right after the freeze has returned the balance is read; then a credit arrives, a lawful deduction names its reason
    and an older hold is released, and at the end exactly that has changed.
    """
    use(server, "freezes")
    till = open_account("escrow", "till", "CNY")
    wallets = [_wallet(f"buyer-{number}", _ORDER) for number in range(trials)]
    holds = [
        hold(wallet, till, Money(1_00, "CNY"), purpose="prove.held", source=number, by=SYSTEM)
        for number, wallet in enumerate(wallets)
    ]
    payer = _wallet("payer", trials * 7)
    connections.close_all()

    def race(place: int, number: int) -> Answer:
        if place == 0:
            return _freeze(
                number, wallets[number], partial(_lawful, number, wallets[number], payer, till, holds[number])
            )
        return _spend(place, number, wallets[number], till)

    answers, seconds = _race(server, race, processes=_SPENDERS + 1, threads=1, rounds=trials, seed=seed)
    verdict: Counter[str] = Counter()
    met = 0
    for answer in answers:
        if answer.number == 0:
            verdict["lawful_was_refused"] += answer.outcome != "ok"
            left = balance(wallets[answer.sequence])
            verdict["debited_after_the_freeze"] += left.posted.minor != answer.journal + 7 - 3
            verdict["still_held"] += left.pending.minor
        else:
            verdict["refused_otherwise"] += answer.outcome not in {"ok", "account_blocked"}
            met += answer.outcome == "account_blocked"
    return _told(verdict, {"trials": trials, "spenders": _SPENDERS, "spenders_stopped": met, "seconds": seconds})


def _freeze(number: int, wallet: AccountId, lawful: Callable[[], int]) -> Answer:
    """Freeze or restrict after a moment; ``journal`` of the answer is what stood there right afterwards."""
    time.sleep(random.uniform(0, 0.01))
    _until_free(lambda: (freeze, restrict)[number % 2](wallet, reason="a proof", by=SYSTEM))
    stood = balance(wallet).posted.minor
    outcome, _journal = _answer(lawful)
    return Answer(number, 0, outcome, stood)


def _lawful(number: int, wallet: AccountId, payer: AccountId, till: AccountId, held: HoldId) -> int:
    _post("prove.credit", number, Leg.transfer(payer, wallet, Money(7, "CNY"), "credit"))
    deduction = [Leg.transfer(wallet, till, Money(3, "CNY"), "deduction")]
    post("prove.deduction", number, deduction, by=SYSTEM, reason="compensation")
    return release(held, purpose="prove.released", source=number, by=SYSTEM)


def _spend(place: int, number: int, wallet: AccountId, till: AccountId) -> Answer:
    """Spend until it is refused, forty times at most."""
    outcome = "ok"
    for turn in range(40):
        leg = Leg.transfer(wallet, till, Money(1, "CNY"), "spent")
        outcome, _journal = _answer(partial(_post, "prove.spent", f"{number}-{place}-{turn}", leg))
        if outcome != "ok":
            break
    return Answer(number, place, outcome, 0)


def _race(
    server: Ground, do: Callable[[int, int], Answer], *, processes: int, threads: int, rounds: int, seed: int
) -> tuple[list[Answer], float]:
    """Let everybody do every round together with all others; return what they were told, and the seconds it took."""
    places = processes * threads
    with tempfile.TemporaryDirectory(prefix="caigou-prove-") as folder:
        board, logs = Board(Path(folder) / "board", places), [Path(folder) / f"{place}" for place in range(places)]

        def run(place: int) -> None:
            log = Log(logs[place])
            connection.ensure_connection()
            for number in range(rounds):
                board[place] = number + 1
                while min(board[other] for other in range(places)) <= number:
                    time.sleep(0.002)
                log.write(do(place, number))
            board[place] = _DONE
            connection.close()

        def process(first: int) -> None:
            others = [threading.Thread(target=run, args=(place,)) for place in range(first, first + threads)]
            for other in others:
                other.start()
            for other in others:
                other.join()

        began = time.monotonic()
        runs = [partial(process, first) for first in range(0, places, threads)]
        Crowd(server, runs, lambda: min(board[place] for place in range(places)), Kills(), seed).run()
        return [answer for log in logs for answer in read(log)], round(time.monotonic() - began, 1)


def _told(verdict: Counter[str], counts: dict[str, Any]) -> dict[str, Any]:
    """Return the counts of a section, with whatever the ledger's own audit adds."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as books:
        for row in books.execute("SELECT check_name FROM ledger.audit()").fetchall():
            verdict[f"audit_{row[0]}"] += 1
    return {**counts, "broken": {what: times for what, times in verdict.items() if times}}


def _answer(do: Callable[[], int]) -> tuple[str, int]:
    try:
        return "ok", _until_free(do)
    except LedgerError as refused:
        return refused.code, 0


def _until_free(do: Callable[[], Any]) -> Any:
    """Do it again while others keep a lock: fifty at once wait for longer than one may wait."""
    while True:
        try:
            return do()
        except LedgerBusy:
            time.sleep(0.01)


def _post(purpose: str, source: str | int, *legs: Leg) -> int:
    return post(purpose, source, legs, by=SYSTEM)


def _wallet(owner: str, minor: int) -> AccountId:
    account = open_account("wallet", owner, "CNY")
    gateway = open_account("gateway_clearing", "gateway", "CNY")
    _post("prove.recharge", owner, Leg.transfer(gateway, account, Money(minor, "CNY"), "recharge"))
    return account
