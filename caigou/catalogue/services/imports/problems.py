"""What is said about a row or a file: a code of ``reasons.py`` and the figures that its sentences name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from caigou.catalogue.reasons import explain
from caigou.kernel.errors import BadInput

#: No more of a value than this is repeated in a reason, and of a row in the report.
SHOWN = 80
RAW_SHOWN = 4_000

#: Control characters, what turns the direction of writing, invisible signs (soft hyphen, zero-width space, joiners of
#: words, tags), byte-order mark, lone surrogates. The joiners of letters stay: scripts and emoji are written with them.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)


def shown(value: Any, most: int = SHOWN) -> str:
    """Return ``value`` as a short text that PostgreSQL can store and a page can show.

    >>> shown("a\\x00b"), shown("x" * 100, most=5)
    ('a�b', 'xxxx…')
    """
    text = str(value)[: most + 1]
    if not text.isprintable():
        text = UNWANTED.sub("\ufffd", text)
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason; ``params`` holds short texts and numbers."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


def problem(code: str, **params: Any) -> Problem:
    """Return the problem with its values made fit to be stored."""
    return Problem(code, {name: v if type(v) is int and abs(v) < 10**15 else shown(v) for name, v in params.items()})


class RowRefused(Exception):
    """The row can't become a product."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.problem = problem(code, **params)


class FileRefused(BadInput):
    """The file as a whole can't be read; nothing of it was taken in. ``code`` is one of ``reasons.FILE``."""

    def __init__(self, code: str) -> None:
        super().__init__(" ".join(explain(code, {})), code=code)
