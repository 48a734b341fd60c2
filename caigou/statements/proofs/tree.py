"""The Merkle-sum tree: pure calculation, the same that ``tools/verify_balance.py`` makes anew on its own.

A node is a hash and a sum. Every parent hashes the hashes *and the sums* of both children, each by itself: a hash over
their total alone would let one child's sum be traded against the other's. No sum is ever negative, so none can be made
to hide another. Changing anything here changes all roots: then ``RULES`` gets a new name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

RULES: Final = "caigou-balance-1"
_MOST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Node:
    """``sum`` is in minor units."""

    hash: bytes
    sum: int


@dataclass(frozen=True, slots=True)
class Step:
    """The other child on the way up; ``is_left`` says on which side it stands."""

    hash: bytes
    sum: int
    is_left: bool


def leaf(owner: str, kind: str, currency: str, balance: int, secret: str) -> Node:
    """Return the leaf of one balance; ``secret`` keeps others from guessing whose it is."""
    return Node(_hashed("leaf", owner, kind, currency, str(_checked(balance)), secret), balance)


def parent(left: Node, right: Node) -> Node:
    """Return the node above two."""
    named = (left.hash.hex(), str(_checked(left.sum)), right.hash.hex(), str(_checked(right.sum)))
    return Node(_hashed("node", *named), _checked(left.sum + right.sum))


#: Fills a row of odd length; it adds nothing.
EMPTY: Final = Node(sha256(f"{RULES}\nempty".encode()).digest(), 0)


def root_of(leaves: Sequence[Node]) -> Node:
    """Return the root; of no leaves at all, the empty node."""
    row = list(leaves) or [EMPTY]
    while len(row) > 1:
        row = _above(row)
    return row[0]


def path_of(leaves: Sequence[Node], position: int) -> list[Step]:
    """Return what stands beside the way from a leaf to the root, from below."""
    row, steps = list(leaves), []
    while len(row) > 1:
        beside = position ^ 1
        other = row[beside] if beside < len(row) else EMPTY
        steps.append(Step(other.hash, other.sum, is_left=beside < position))
        row, position = _above(row), position // 2
    return steps


def _above(row: list[Node]) -> list[Node]:
    if len(row) % 2:
        row = [*row, EMPTY]
    return [parent(row[at], row[at + 1]) for at in range(0, len(row), 2)]


def seal_of(day: str, currency: str, as_of: str, *, root: Node, leaves: int, previous: str) -> str:
    """Return the hash over a day's whole commitment, which names the one before it."""
    return _hashed("seal", day, currency, as_of, root.hash.hex(), str(root.sum), str(leaves), previous).hex()


def _hashed(*parts: str) -> bytes:
    """Hash texts without doubt where one ends: none of them has a line break."""
    if any("\n" in part for part in parts):
        raise ValueError("a part of a hash is one line")
    return sha256("\n".join((RULES, *parts)).encode()).digest()


def _checked(figure: int) -> int:
    if not 0 <= figure <= _MOST:
        raise ValueError(f"a balance in the tree is between 0 and {_MOST}, not {figure}")
    return figure
