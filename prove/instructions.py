"""What a message is: an event, the handler that intends a call, and the call to the provider; the workers' tables."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caigou.jobs.calls import CallFunction, intend
from caigou.jobs.outbox import Handler
from caigou.kernel.events import Event
from prove.provider import PATIENCE

#: The variable that names the provider's port.
PORT = "CAIGOU_PROVE_PROVIDER"


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """Somebody is to be paid; ``minor`` tells the messages apart."""

    minor: int


def on_decided(event: Decided) -> None:
    """Intend the instruction, in the transaction that marks the event as heard."""
    intend("prove.instruct", {"minor": event.minor})


def instruct(payload: dict[str, Any], key: str) -> None:
    """Ask the provider; raises ``OSError`` unless it said that this key is done."""
    with socket.create_connection(("127.0.0.1", int(os.environ[PORT])), timeout=PATIENCE) as line:
        line.settimeout(PATIENCE)
        line.sendall(f"{key} {payload['minor']}\n".encode())
        said = line.makefile().readline().split()
    if said != ["done", key]:
        raise OSError(f"the provider said {said}")


HEARS: Mapping[type[Event], tuple[Handler, ...]] = {Decided: (on_decided,)}
CALLS: Mapping[str, CallFunction] = {"prove.instruct": instruct}
CLOCKS: tuple[Any, ...] = ()


def use_our_tables() -> None:
    """Let this process know no other events, calls and clocks; for one that was forked to work for us."""
    from django.conf import settings

    from caigou.jobs import calls, outbox, worker

    for name in ("HEARS", "CALLS", "CLOCKS"):
        setattr(settings, f"CAIGOU_{name}", f"prove.instructions.{name}")
    for cached in (outbox.hears, calls.functions, worker.clocks):
        cached.cache_clear()
