"""Keeps processes running, and ends them in the right order: PostgreSQL and the servers; below these, each of them.

One thread, because children die with the thread that started them (see ``processes``).  Little is imported here: the
outer supervisor stays in memory all the time, and does next to nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType
from typing import Protocol

from caigou.cli.errors import UserError

#: Seconds between two looks at the children.
_LOOK = 0.2
#: A child that lived this long gets its next start at once.
_STEADY_SECONDS = 10.0
_LONGEST_PAUSE = 10.0
_STOP_SECONDS = 10.0


class Process(Protocol):
    """What is asked of a child, started or forked."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None:
        """Return the exit code, None while it lives."""

    def wait(self, timeout: float) -> int:
        """Wait for the end.  Raises ``subprocess.TimeoutExpired``."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it at once."""


@dataclass
class Child:
    """One process that is to run all the time."""

    name: str
    start: Callable[[], Process]
    stop: Callable[[], None] | None = None  # how to end it, when a SIGTERM is not the way
    process: Process | None = None
    stop_seconds: float = _STOP_SECONDS
    vital: bool = True  # without it there is no house; who is not is only started again and again
    started: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)


class Supervisor:
    """Starts children in order, restarts the ones that die, stops them in the reverse order."""

    def __init__(self, patience: int | None = None) -> None:
        """``patience``: after so many failures of a vital child in a row, looking after them ends; None: never."""
        self.children: list[Child] = []
        self._stopping = False
        self._patience = patience

    def dead(self) -> list[str]:
        """Return the names of the children that don't run."""
        return [child.name for child in self.children if child.process is None or child.process.poll() is not None]

    def is_stopping(self) -> bool:
        """Whether somebody asked for the end."""
        return self._stopping

    def catch_signals(self) -> None:
        """Let Ctrl-C, SIGTERM and a closed terminal end the run in order; a second one changes nothing."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stopping = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    def add(self, child: Child) -> None:
        """Start a child and look after it from now on."""
        self.children.append(child)
        if child.process is None:
            self._start(child)
        else:
            child.started = time.monotonic()

    def look_after(self) -> None:
        """Restart whoever dies, until a signal came or patience ended."""
        while not self._stopping and not self._is_enough():
            for child in self.children:
                self._look(child)
            time.sleep(_LOOK)

    def stop(self) -> None:
        """End all children, the last one started first; kill those that don't listen."""
        self._stopping = True
        for child in reversed(self.children):
            process = child.process
            if process is None or process.poll() is not None:
                continue
            if child.stop:
                child.stop()
                continue
            process.terminate()
            try:
                process.wait(child.stop_seconds)
            except subprocess.TimeoutExpired:
                tell("warning", "child_killed", child=child.name)
                process.kill()
                process.wait(_STOP_SECONDS)

    def _is_enough(self) -> bool:
        return self._patience is not None and any(
            child.vital and child.failures >= self._patience for child in self.children
        )

    def _look(self, child: Child) -> None:
        process, moment = child.process, time.monotonic()
        if process is not None:
            code = process.poll()
            if code is None:
                return
            lived = moment - child.started
            child.failures = 0 if lived > _STEADY_SECONDS else child.failures + 1
            pause = min(_LONGEST_PAUSE, 0.25 * 2**child.failures) if child.failures else 0.0
            child.process, child.next_start = None, moment + pause
            tell("warning", "child_died", child=child.name, code=code, restart_in_seconds=pause)
        if moment >= child.next_start:
            self._start(child)

    def _start(self, child: Child) -> None:
        try:
            child.process = child.start()
        except (OSError, UserError) as error:
            if child.started == 0.0:
                raise
            child.failures += 1
            child.next_start = time.monotonic() + min(_LONGEST_PAUSE, 0.25 * 2**child.failures)
            tell("warning", "child_not_started", child=child.name, error=str(error))
            return
        again = child.started != 0.0
        child.started = time.monotonic()
        if again:
            tell("info", "child_restarted", child=child.name, pid=child.process.pid)


@contextlib.contextmanager
def ended(supervisor: Supervisor) -> Iterator[Supervisor]:
    """Stop everything at the end of the block, however it ends."""
    try:
        yield supervisor
    finally:
        supervisor.stop()


def tell(level: str, event: str, **values: object) -> None:
    """Write one line to standard error in the form of the product's other log lines, without what these import."""
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    mode = "json" if os.environ.get("CAIGOU_MODE") == "production" else "console"
    if (os.environ.get("CAIGOU_LOG") or mode) == "json":
        line = json.dumps({**values, "event": event, "level": level, "timestamp": moment}, ensure_ascii=False)
    else:
        line = f"{moment} [{level:<9}] {event:<30} " + " ".join(f"{name}={value}" for name, value in values.items())
    print(line, file=sys.stderr, flush=True)  # noqa: T201
