"""What a check of the books found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: which check, on what, and the figures.  ``docs/ledger.md`` says how to read it."""

    check: str
    subject: str
    detail: str
