"""Provable balances: the small program verifies each proof on its own, and every altered one fails."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from caigou.kernel.clock import frozen
from caigou.kernel.money import Money
from caigou.statements.models import Commitment, Leaf
from caigou.statements.proofs.commit import commit_balances
from caigou.statements.proofs.proof import proof_of
from caigou.statements.proofs.tree import leaf, parent, path_of, root_of
from tests.support.databases import ROOT
from tests.support.factories import Party, fund, make_buyer

PROGRAM = ROOT / "tools" / "verify_balance.py"


@cache
def _program() -> dict[str, Any]:
    return runpy.run_path(str(PROGRAM))


def verify(proof: Any, seal: str, folder: Path) -> int:
    """Return what the program answers."""
    file = folder / "proof.json"
    file.write_text(json.dumps(proof), encoding="utf-8")
    answer: int = _program()["main"]([str(file), "--seal", seal])
    return answer


def test_the_program_runs_alone(committed: tuple[Party, Commitment], tmp_path: Path) -> None:
    """As a user runs it: without our packages, without any package at all."""
    buyer, commitment = committed
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(own_proof(buyer)), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(PROGRAM), str(file), "--seal", commitment.seal]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()[0]) == (0, "PROVEN:")


@pytest.fixture
def committed(db: None) -> tuple[Party, Commitment]:
    """Five buyers with money, so that the tree has odd rows; the first holds 30 yuan."""
    buyers = [make_buyer(f"Buyer {at}") for at in range(5)]
    for at, buyer in enumerate(buyers):
        fund(buyer, Money(30_00 + at, "CNY"))
    commit_balances()
    return buyers[0], Commitment.objects.get()


def own_proof(party: Party) -> dict[str, Any]:
    return proof_of(Leaf.objects.visible_to(party.actor).get())


def test_each_proof_holds_and_the_total_is_what_is_owed(committed: tuple[Party, Commitment], tmp_path: Path) -> None:
    buyer, commitment = committed
    assert commitment.total == Money(5 * 30_00 + 10, "CNY")
    assert own_proof(buyer)["balance"] == "3000"
    for row in Leaf.objects.all():
        assert verify(proof_of(row), commitment.seal, tmp_path) == 0


def _alterations() -> dict[str, Any]:
    def put(*keys: Any) -> Any:
        *way, last, value = keys

        def alter(proof: dict[str, Any]) -> None:
            for key in way:
                proof = proof[key]
            proof[last] = value

        return alter

    def traded(proof: dict[str, Any]) -> None:
        """Less for me, more beside me: the total stays."""
        proof["balance"] = str(int(proof["balance"]) - 1)
        proof["path"][0]["sum"] = str(int(proof["path"][0]["sum"]) + 1)

    def turned(proof: dict[str, Any]) -> None:
        proof["path"][0]["side"] = "left" if proof["path"][0]["side"] == "right" else "right"

    return {
        "more": put("balance", "3001"),
        "less": put("balance", "2999"),
        "negative": put("balance", "-3000"),
        "written otherwise": put("balance", "03000"),
        "another's": put("owner", "somebody-else"),
        "another currency": put("currency", "USD"),
        "another kind": put("kind", "supplier_payable"),
        "another secret": put("secret", "0" * 64),
        "negative beside": put("path", 0, "sum", "-1"),
        "another beside": put("path", 0, "hash", "0" * 64),
        "traded": traded,
        "turned": turned,
        "shorter": lambda proof: proof["path"].pop(),
        "longer": lambda proof: proof["path"].append(deepcopy(proof["path"][0])),
        "another total": put("commitment", "total", "1"),
        "another root": put("commitment", "root", "0" * 64),
        "another day": put("commitment", "day", "2020-01-01"),
        "another count": put("commitment", "leaves", 4),
        "another before": put("commitment", "previous", "0" * 64),
        "another seal": put("commitment", "seal", "0" * 64),
    }


def test_every_altered_proof_fails(committed: tuple[Party, Commitment], tmp_path: Path) -> None:
    buyer, commitment = committed
    for what, alter in _alterations().items():
        proof = own_proof(buyer)
        alter(proof)
        assert verify(proof, commitment.seal, tmp_path) == 1, what


def test_a_debt_that_was_invented_to_owe_less_is_refused(tmp_path: Path) -> None:
    """The platform itself forges: every hash is right, but beside the owner stands somebody with less than nothing."""
    hashed = _program()["hashed"]
    own = hashed("leaf", "me", "wallet", "CNY", "3000", "secret")
    invented = hashed("leaf", "nobody", "wallet", "CNY", "-2000", "secret")
    root = hashed("node", own, "3000", invented, "-2000")
    day, as_of = "2026-11-23", "2026-11-23T00:00:00+00:00"
    seal = hashed("seal", day, "CNY", as_of, root, "1000", "2", "")
    commitment = {"day": day, "as_of": as_of, "root": root, "total": "1000", "leaves": 2, "previous": "", "seal": seal}
    proof = {"rules": "caigou-balance-1", "owner": "me", "kind": "wallet", "currency": "CNY", "balance": "3000"}
    path = [{"side": "right", "hash": invented, "sum": "-2000"}]
    assert verify({**proof, "secret": "secret", "path": path, "commitment": commitment}, seal, tmp_path) == 1


def test_another_days_seal_and_a_file_that_is_no_proof_fail(
    committed: tuple[Party, Commitment], tmp_path: Path
) -> None:
    buyer, _commitment = committed
    assert verify(own_proof(buyer), "0" * 64, tmp_path) == 1
    assert verify({"rules": "caigou-balance-1"}, "0" * 64, tmp_path) == 2
    assert verify([], "0" * 64, tmp_path) == 2


@pytest.mark.django_db
def test_each_day_names_the_day_before_and_is_committed_once() -> None:
    fund(make_buyer(), Money(1_00, "CNY"))
    with frozen(datetime(2026, 11, 1, tzinfo=UTC)):
        assert len(commit_balances()) == 1
        assert commit_balances() == []
    with frozen(datetime(2026, 11, 2, tzinfo=UTC)):
        commit_balances()
    newer, older = Commitment.objects.all()
    assert newer.previous == older.seal
    assert newer.seal != older.seal


@pytest.mark.parametrize("table", ["commitment", "leaf"])
@pytest.mark.parametrize("change", ["UPDATE statements_{} SET id = id", "DELETE FROM statements_{}"])
def test_a_commitment_is_never_changed(committed: tuple[Party, Commitment], table: str, change: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40), st.data())
@settings(max_examples=60, deadline=None)
def test_every_path_leads_to_the_root(sums: list[int], data: st.DataObject) -> None:
    nodes = [leaf(str(at), "wallet", "CNY", sum_, "s") for at, sum_ in enumerate(sums)]
    at = data.draw(st.integers(0, len(nodes) - 1))
    here = nodes[at]
    for step in path_of(nodes, at):
        from caigou.statements.proofs.tree import Node

        other = Node(step.hash, step.sum)
        here = parent(other, here) if step.is_left else parent(here, other)
    assert here == root_of(nodes)
    assert here.sum == sum(sums)


def test_no_sum_is_negative() -> None:
    with pytest.raises(ValueError, match="between 0"):
        leaf("a", "wallet", "CNY", -1, "s")
