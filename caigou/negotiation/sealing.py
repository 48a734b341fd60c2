"""The seal on an accepted offer: plain data, one canonical text, one hash. Pure rules, no database."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(terms: dict[str, Any]) -> bytes:
    """Return the one text of ``terms``: sorted keys, no spaces, UTF-8; values are strings, whole numbers, null, and
    lists and objects of these.

    Raises ``TypeError`` for a float: a figure under a seal is exact.

    >>> canonical({"b": 1, "a": "茶"}).decode()
    '{"a":"茶","b":1}'
    """
    _refuse_floats(terms, "terms")
    return json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _refuse_floats(value: Any, name: str) -> None:
    if isinstance(value, float):
        raise TypeError(f"{name} is a float")
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            _refuse_floats(part, f"{name}.{key}")


def seal_of(terms: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(terms)).hexdigest()
