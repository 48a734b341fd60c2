"""One company's proof that its balance is in a day's commitment, as the JSON that ``tools/verify_balance.py`` reads."""

from __future__ import annotations

from typing import Any

from caigou.statements.models import Leaf
from caigou.statements.proofs.commit import nodes_of
from caigou.statements.proofs.tree import RULES, path_of


def proof_of(leaf: Leaf) -> dict[str, Any]:
    """Return everything that recomputing the root and the seal takes; amounts are in minor units, as text."""
    commitment = leaf.commitment
    path = path_of(nodes_of(commitment), leaf.position)
    return {
        "rules": RULES,
        "owner": leaf.company.public_id,
        "kind": leaf.kind,
        "currency": commitment.currency,
        "balance": str(leaf.balance_minor),
        "secret": leaf.secret,
        "path": [
            {"side": "left" if step.is_left else "right", "hash": step.hash.hex(), "sum": str(step.sum)}
            for step in path
        ],
        "commitment": {
            "day": commitment.day.isoformat(),
            "as_of": commitment.as_of.isoformat(),
            "root": commitment.root,
            "total": str(commitment.total_minor),
            "leaves": commitment.leaves,
            "previous": commitment.previous,
            "seal": commitment.seal,
        },
    }
