"""The parts ("segments") of an index: written once and never changed, but for goods in them that were deleted since.

Goods are numbered through the parts of a commit, in their order, as *rows*. The list of the parts is in the index's
``meta.json``, which each commit replaces in one step; what was deleted from a part is a set of bits in a file beside
it. The engine tells Python neither, and asking it for all goods that are left takes longer than all else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: One sign for each row.
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: how many goods were written to it, how many of them were deleted, and in which file it says which."""

    name: str
    size: int
    deleted: int = 0
    deletes: str = ""


def parts_of(folder: Path) -> tuple[Part, ...]:
    """Return the parts in the order in which the engine counts them; raises ``OSError``, ``ValueError``."""
    told = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    return tuple(map(_part, told["segments"]))


def _part(segment: dict[str, object]) -> Part:
    name, deletes = str(segment["segment_id"]), segment["deletes"]
    if not isinstance(deletes, dict):
        return Part(name, int(str(segment["max_doc"])))
    file = f"{name.replace('-', '')}.{deletes['opstamp']}.del"
    return Part(name, int(str(segment["max_doc"])), int(deletes["num_deleted_docs"]), file)


def left(folder: Path, parts: Sequence[Part]) -> Mask:
    """Return which rows were not deleted; raises ``OSError``, and ``ValueError`` for a file that is damaged."""
    return np.concatenate([_left(folder, part) for part in parts] or [np.ones(0, dtype=np.bool_)])


def _left(folder: Path, part: Part) -> Mask:
    """Read a part's bits: behind their number, in four bytes, words of 64 of them, the lowest first."""
    if not part.deletes:
        return np.ones(part.size, dtype=np.bool_)
    raw = np.fromfile(folder / part.deletes, dtype=np.uint8, offset=4, count=-(-part.size // 64) * 8)
    found = np.unpackbits(raw, bitorder="little")[: part.size].astype(np.bool_)
    if np.count_nonzero(found) != part.size - part.deleted:
        raise ValueError(f"corrupt: {part.deletes} leaves {np.count_nonzero(found)} of {part.size} goods")
    return found
