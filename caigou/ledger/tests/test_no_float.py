"""Money is whole numbers: no float and no division where money is computed (promise 15)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import caigou

ROOT = Path(caigou.__file__).resolve().parent
#: Where money is computed.  A folder counts with all its files but the tests and migrations.
MONEY = ["kernel/money.py", "ledger", "payments", "orders/pricing.py", "orders/services", "catalogue/pricing.py"]


def _files() -> list[Path]:
    found: list[Path] = []
    for place in MONEY:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.glob("**/*.py"))
    return [path for path in found if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)]


def inexact(source: str) -> Iterator[str]:
    """Yield every float and every division in a piece of Python."""
    for node in ast.walk(ast.parse(source)):
        where = f"line {getattr(node, 'lineno', '?')}"
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{where}: {node.value}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            # pathlib's slash is no division; it always has a text on one side.
            sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
            if not any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides):
                yield f"{where}: a division"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield f"{where}: float"


def test_the_places_of_money_are_found() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in _files()}
    assert {"kernel", "ledger"} <= names


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_money_is_never_a_float_or_divided(path: Path) -> None:
    assert list(inexact(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "wrong", ["total = price / 3", "total /= 3", "rate = 0.1", "x: float", "total = float(text)", "r = 1e3", "z = 1j"]
)
def test_the_check_sees(wrong: str) -> None:
    assert list(inexact(wrong)) != []


@pytest.mark.parametrize("right", ["total = price // 3", "total = price * 3", 'path = folder / "file"', "x = 10**15"])
def test_the_check_lets_pass(right: str) -> None:
    assert list(inexact(right)) == []
