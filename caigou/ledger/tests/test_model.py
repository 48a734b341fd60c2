"""The ledger against a plain Python model of it: random histories, compared after every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from caigou.kernel.actor import SYSTEM
from caigou.kernel.ids import new_public_id
from caigou.ledger.services import (
    AccountId,
    HoldId,
    LedgerError,
    audit,
    balance,
    capture,
    freeze,
    held_amount,
    hold,
    release,
    unfreeze,
)
from caigou.ledger.tests.world import cny, gateway, new, pay

places = st.integers(0, 3)
amounts = st.integers(1, 12)
picks = st.integers(0, 10**6)


class Ledger(RuleBasedStateMachine):
    """Four guarded accounts.  The model knows what each has, what is held of it, and whether it is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts = [new("wallet"), new("wallet"), new("escrow"), new("supplier_payable")]
        self.has = [0] * 4
        self.held = [0] * 4
        self.frozen = [False] * 4
        self.holds: list[dict[str, Any]] = []
        self.facts: list[tuple[str, int, int, int]] = []

    def expect(self, refusal: str | None, call: Callable[[], object], *, or_else: str | None = None) -> bool:
        """Make a call; it must be refused with this code, or, with ``None``, succeed.

        ``or_else`` is another code for a call that deserves both: rows are looked at in the order of their ids.
        """
        refused = None
        try:
            call()
        except LedgerError as error:
            refused = error.code
        assert refused == refusal or (refusal and refused == or_else)
        return refused is None

    def refusal_to_take(self, place: int, minor: int) -> str | None:
        if self.frozen[place]:
            return "account_blocked"
        return "insufficient_funds" if self.has[place] - self.held[place] < minor else None

    @rule(place=places, minor=amounts)
    def recharge(self, place: int, minor: int) -> None:
        pay(gateway(), self.accounts[place], minor)
        self.has[place] += minor

    @rule(debit=places, credit=places, minor=amounts)
    def pay(self, debit: int, credit: int, minor: int) -> None:
        if debit == credit:
            return
        source = new_public_id()
        if self.expect(
            self.refusal_to_take(debit, minor),
            lambda: pay(self.accounts[debit], self.accounts[credit], minor, source),
        ):
            self.has[debit] -= minor
            self.has[credit] += minor
            self.facts.append((source, debit, credit, minor))

    @precondition(lambda self: self.facts)
    @rule(pick=picks, altered=st.booleans(), other_key=st.booleans())
    def repeat(self, pick: int, altered: bool, other_key: bool) -> None:
        source, debit, credit, minor = self.facts[pick % len(self.facts)]
        refusal: str | None
        if other_key:
            refusal, more = "already_posted", {"key": new_public_id()}
        else:
            refusal, more = "idempotency_mismatch" if altered else None, {}
        self.expect(refusal, lambda: pay(self.accounts[debit], self.accounts[credit], minor + altered, source, **more))

    @rule(debit=places, credit=places, minor=amounts)
    def hold(self, debit: int, credit: int, minor: int) -> None:
        if debit == credit:
            return
        own = refusal = self.refusal_to_take(debit, minor)
        if self.frozen[credit]:
            refusal = "account_blocked"
        placed: list[HoldId] = []

        def place() -> None:
            accounts: list[AccountId] = self.accounts
            placed.append(
                hold(
                    accounts[debit],
                    accounts[credit],
                    cny(minor),
                    purpose="test.held",
                    source=new_public_id(),
                    by=SYSTEM,
                )
            )

        if self.expect(refusal, place, or_else=own):
            self.held[debit] += minor
            self.holds.append({"id": placed[0], "debit": debit, "credit": credit, "left": minor})

    @precondition(lambda self: self.holds)
    @rule(pick=picks, minor=st.none() | amounts)
    def capture(self, pick: int, minor: int | None) -> None:
        held = self.holds[pick % len(self.holds)]
        taken = held["left"] if minor is None else minor
        refusal = "hold_spent" if not 0 < taken <= held["left"] else None
        if refusal is None and self.frozen[held["debit"]]:
            refusal = "account_blocked"
        amount = None if minor is None else cny(minor)
        if self.expect(
            refusal,
            lambda: capture(held["id"], purpose="test.captured", source=new_public_id(), by=SYSTEM, amount=amount),
        ):
            held["left"] -= taken
            self.held[held["debit"]] -= taken
            self.has[held["debit"]] -= taken
            self.has[held["credit"]] += taken

    @precondition(lambda self: self.holds)
    @rule(pick=picks, minor=st.none() | amounts)
    def release(self, pick: int, minor: int | None) -> None:
        held = self.holds[pick % len(self.holds)]
        given = held["left"] if minor is None else minor
        refusal = "hold_spent" if not 0 < given <= held["left"] else None
        amount = None if minor is None else cny(minor)
        if self.expect(
            refusal,
            lambda: release(held["id"], purpose="test.released", source=new_public_id(), by=SYSTEM, amount=amount),
        ):
            held["left"] -= given
            self.held[held["debit"]] -= given

    @rule(place=places)
    def freeze_or_unfreeze(self, place: int) -> None:
        change = unfreeze if self.frozen[place] else freeze
        change(self.accounts[place], reason="a test", by=SYSTEM)
        self.frozen[place] = not self.frozen[place]

    @invariant()
    def the_books_are_the_model(self) -> None:
        for place, account in enumerate(self.accounts):
            now = balance(account)
            assert (now.posted.minor, now.pending.minor) == (self.has[place], self.held[place])
        for held in self.holds:
            assert held_amount(held["id"]).minor == held["left"]

    def teardown(self) -> None:
        assert audit() == []


@pytest.mark.django_db
@pytest.mark.slow
def test_the_ledger_behaves_as_its_model() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
