"""What clocks do seldom: every worker's clock ticks every two seconds, and one of them has its turn."""

from __future__ import annotations

from django.core.cache import cache


def is_turn(name: str, seconds: float) -> bool:
    """Say whether ``name`` wasn't done for so many seconds; True for one caller, over all processes.

    It asks before it claims: a claim in vain is an error in PostgreSQL's log, every two seconds.
    """
    return cache.get(name) is None and cache.add(name, "done", timeout=seconds)
