"""Keeps PostgreSQL, the web server and the worker running, and ends them in the right order.

One thread, because children die with the thread that started them (see ``processes``).
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

import structlog

from caigou.cli.errors import UserError

log = structlog.get_logger(__name__)

#: Seconds between two looks at the children.
_LOOK = 0.2
#: A child that lived this long gets its next start at once.
_STEADY_SECONDS = 10.0
_LONGEST_PAUSE = 10.0
_STOP_SECONDS = 10.0

Start = Callable[[], "subprocess.Popen[bytes]"]


@dataclass
class Child:
    """One process that is to run all the time."""

    name: str
    start: Start
    stop: Callable[[], None] | None = None  # how to end it, when a SIGTERM is not the way
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)


class Supervisor:
    """Starts children in order, restarts the ones that die, stops them in the reverse order."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._stopping = False

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

    def look_after(self, until: Callable[[], bool] | None = None) -> None:
        """Restart whoever dies, until a signal came or ``until`` says so."""
        while not self._stopping and not (until and until()):
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
                process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                log.warning("child_killed", child=child.name)
                process.kill()
                process.wait()

    def _look(self, child: Child) -> None:
        process, moment = child.process, time.monotonic()
        if process is not None:
            if process.poll() is None:
                return
            lived = moment - child.started
            child.failures = 0 if lived > _STEADY_SECONDS else child.failures + 1
            pause = min(_LONGEST_PAUSE, 0.25 * 2**child.failures) if child.failures else 0.0
            child.process, child.next_start = None, moment + pause
            log.warning("child_died", child=child.name, code=process.returncode, restart_in_seconds=pause)
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
            log.warning("child_not_started", child=child.name, error=str(error))
            return
        again = child.started != 0.0
        child.started = time.monotonic()
        if again:
            log.info("child_restarted", child=child.name, pid=child.process.pid)


@contextlib.contextmanager
def ended(supervisor: Supervisor) -> Iterator[Supervisor]:
    """Stop everything at the end of the block, however it ends."""
    try:
        yield supervisor
    finally:
        supervisor.stop()
