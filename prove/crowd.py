"""Racing processes, and whoever kills them: workers, the server's backends, the server itself.

Everybody is forked from this process, which never connects to the database. Nothing is shared but the board, which has
no lock: a killed process can leave no lock behind that others wait for.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields

from prove.ground import Ground

#: Younger ones are left alone, or the last of them would never get anywhere.
_GROWN = 1.0


@dataclass(frozen=True)
class Kills:
    """How many of each kind are killed, spread evenly over the run; ``product``: processes of the running product."""

    workers: int = 0
    backends: int = 0
    servers: int = 0
    product: int = 0

    def told(self) -> dict[str, int]:
        """Return what was killed at all, by kind."""
        return {kind: times for kind, times in asdict(self).items() if times}


_KINDS = tuple(kind.name for kind in fields(Kills))


@dataclass
class Process:
    """A forked process: what it runs, and since when."""

    run: Callable[[], None]
    pid: int = 0
    since: float = 0.0
    done: bool = False

    def start(self) -> None:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _live(self.run)
        self.pid, self.since = pid, time.monotonic()

    def end(self) -> None:
        """Kill and bury it."""
        if self.pid and not self.done:
            self.done = True
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)


def _live(run: Callable[[], None]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        run()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)  # nothing of the parent's is closed or flushed here


class Broken(Exception):
    """A process ended by itself with an error, or nothing moves any more."""


@dataclass
class Crowd:
    """The processes of one run."""

    server: Ground
    runs: Sequence[Callable[[], None]]
    progress: Callable[[], float]
    kills: Kills
    seed: int
    #: The product's processes that may be killed just now, where there are any.
    product: Callable[[], list[int]] = list
    #: The run has failed when it stands still for so many seconds.
    patience: float = 120.0

    def run(self) -> Kills:
        """Run until everybody is done; return how many were killed of each kind."""
        self._processes = [Process(run) for run in self.runs]
        self._draw = random.Random(self.seed)
        due = self._schedule()
        planned, killed = len(due), dict.fromkeys(_KINDS, 0)
        for process in self._processes:
            process.start()
        last, since = -1.0, time.monotonic()
        try:
            while not all(process.done for process in self._processes):
                self._bury()
                reached = self.progress()
                if reached > last:
                    last, since = reached, time.monotonic()
                elif time.monotonic() - since > self.patience:
                    raise Broken(f"nothing moved for {self.patience:.0f} s")
                # A killed run goes on: who is due is killed as soon as there is somebody to kill.
                if due and reached >= (planned - len(due) + 1) / (planned + 1) and self._kill(due[-1]):
                    killed[due.pop()] += 1
                time.sleep(0.005)
        finally:
            for process in self._processes:
                process.end()
        return Kills(**killed)

    def _schedule(self) -> list[str]:
        due = [name for name in _KINDS for _ in range(getattr(self.kills, name))]
        self._draw.shuffle(due)
        return due

    def _bury(self) -> None:
        """See who has ended: done, killed and to be started anew, or broken."""
        for process in self._processes:
            if process.done or not process.pid:
                continue
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if not pid:
                continue
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                process.start()
            elif os.waitstatus_to_exitcode(status) == 0:
                process.done = True
            else:
                raise Broken(f"a worker ended with {os.waitstatus_to_exitcode(status)}")

    def _kill(self, what: str) -> bool:
        if what == "servers":
            self.server.kill_server()
            return True
        if what == "backends":
            victims = self.server.backends()
        elif what == "product":
            victims = self.product()
        else:
            old = time.monotonic() - _GROWN
            victims = [process.pid for process in self._processes if not process.done and process.since < old]
        if not victims:
            return False
        try:
            os.kill(self._draw.choice(victims), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True
