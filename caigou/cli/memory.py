"""Memory that the C library keeps for itself after use, given back to the system."""

from __future__ import annotations

import threading
import time

from caigou.cli.processes import LIBC

#: Looking for it takes some milliseconds.
_EVERY_SECONDS = 10


def give_back_now_and_then() -> None:
    """Start a thread that returns free memory: a batch of indexing leaves the worker with as much again as it needs.

    Does nothing where the C library has no such call (musl, macOS).
    """
    if hasattr(LIBC, "malloc_trim"):
        threading.Thread(target=_give_back_forever, name="memory", daemon=True).start()


def give_back() -> None:
    """Return free memory now."""
    if LIBC is not None and hasattr(LIBC, "malloc_trim"):
        LIBC.malloc_trim(0)


def _give_back_forever() -> None:
    while True:
        time.sleep(_EVERY_SECONDS)
        give_back()
