"""A child that goes on with what this process has already loaded, instead of loading it once more.

Pages of memory that neither writes are one page for both.  What must not be inherited is not there yet when this
process forks: no thread, no connection to the database, no open index (see ``servers``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable

from caigou.cli.errors import UserError
from caigou.cli.processes import LIBC, wish_to_die_with

_PR_SET_NAME = 15
_LONGEST_NAME = 15
#: What a pipe takes without anybody reading.
_LONGEST_REASON = 4096


class Forked:
    """A child that runs ``work`` and ends with what it returned; asked about and ended as a ``subprocess.Popen``.

    It gets SIGKILL when this process ends, however it ends, and shows ``name`` to ``ps -e`` and ``top``.
    """

    def __init__(self, name: str, work: Callable[[], int]) -> None:
        self.name = name
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _live(name, work, parent)

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal's number; None while the child lives."""
        self._look(os.WNOHANG)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for the end and return the exit code.  Raises ``subprocess.TimeoutExpired``."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(self.name, timeout)
            time.sleep(0.02)
        return code

    def terminate(self) -> None:
        """Ask the child to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End the child at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:  # a child that is not buried yet keeps its number: no stranger is hit
            os.kill(self.pid, number)

    def _look(self, options: int) -> None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)


def apart(work: Callable[[], None], seconds: float) -> None:
    """Do ``work`` in a child, so that what it loads doesn't stay in memory here.

    Raises its ``UserError``, and ``subprocess.TimeoutExpired`` when it isn't done after ``seconds``.
    """
    reading, writing = os.pipe()

    def told() -> int:
        try:
            work()
        except UserError as error:
            os.write(writing, str(error).encode()[:_LONGEST_REASON])
            return 2
        return 0

    child = Forked("caigou-apart", told)
    os.close(writing)
    with os.fdopen(reading, "rb") as reasons:
        try:
            code = child.wait(seconds)
        finally:
            child.kill()
        if code:
            raise UserError(reasons.read().decode(errors="ignore") or "What went wrong stands above.")


def name_process(name: str) -> None:
    """Show ``name`` (15 letters at most) to ``ps -e`` and ``top``; nothing happens off Linux."""
    if LIBC is not None:
        LIBC.prctl(_PR_SET_NAME, ctypes.c_char_p(name.encode()[:_LONGEST_NAME]), 0, 0, 0)


def _live(name: str, work: Callable[[], int], parent: int) -> None:
    """The child's whole life; never returns into the code of the parent."""
    code = 1
    try:
        wish_to_die_with(parent, signal.SIGKILL)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        name_process(name)
        code = work()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
