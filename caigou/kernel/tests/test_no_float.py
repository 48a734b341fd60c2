"""No float and no true division where money is counted (promise 15)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2]
#: Every package through which money passes.
MONEY = ("kernel", "ledger", "payments", "negotiation", "orders", "catalogue/pricing.py", "catalogue/services")


#: Seconds of a clock, no money.
OF_TIME = PACKAGE / "kernel" / "recent.py"


def _sources() -> list[Path]:
    found: list[Path] = []
    for name in MONEY:
        place = PACKAGE / name
        found += [place] if place.is_file() else place.rglob("*.py")
    return sorted(path for path in found if not {"tests", "migrations"} & set(path.parts) and path != OF_TIME)


def inexact(tree: ast.AST) -> list[int]:
    """Return the lines with a float literal, a call of ``float`` or a division that may leave the whole numbers."""
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not _is_path(node))
    )


def _is_path(node: ast.BinOp | ast.AugAssign) -> bool:
    """``folder / "name"`` joins a path; money is never divided by a text, nor named so."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else ()
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        or (isinstance(side, ast.Name) and side.id in {"folder", "path"})
        for side in sides
    )


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_money_is_never_a_float(path: Path) -> None:
    lines = inexact(ast.parse(path.read_text(encoding="utf-8")))
    names = path.read_text(encoding="utf-8").splitlines()
    # A type that refuses a float has to name it.
    wrong = [f"{line}: {names[line - 1].strip()}" for line in lines if "isinstance" not in names[line - 1]]
    assert wrong == []


@pytest.mark.parametrize("code", ["total = price * 1.1", "half = total / 2", "total /= 2", "x = float('1')"])
def test_the_check_sees_what_it_is_for(code: str) -> None:
    assert inexact(ast.parse(code)) == [1]
