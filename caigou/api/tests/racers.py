"""What racing processes do with limits."""

from __future__ import annotations


def count_often(name: str, limit: int, times: int) -> int:
    """Count ``times`` times; return how often it was let through."""
    from caigou.integrations.services.limits import TooMany, count

    through = 0
    for _turn in range(times):
        try:
            count(name, limit=limit)
        except TooMany:
            continue
        through += 1
    return through
