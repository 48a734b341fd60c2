"""Processes that die with the one that started them.

Everything `caigou up` starts must end with it, also when it is killed with `kill -9` and can do nothing any more.
On Linux the kernel itself delivers that: each child asks for a signal at its parent's death.  Two traps, both met
in practice: changing the user clears the wish, so it is made afterwards; and "parent" means the *thread* that
forked, so only the main thread may start children.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
#: Set for everything that a supervisor starts, so that a grandchild can tell whether it is still there.
SUPERVISOR_PID = "CAIGOU_SUPERVISOR_PID"

# Loaded once, before any fork: a freshly forked child must not import or allocate more than it has to.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class OsUser:
    """An operating-system user that a child runs as."""

    name: str
    uid: int
    gid: int
    home: str


def alive(pid: int) -> bool:
    """Tell whether a process with this id exists; a zombie that nobody has buried yet counts as gone."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return _stat(pid)[0] != "Z"
    except (OSError, IndexError):
        return sys.platform != "linux"


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    user: OsUser | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    output: IO[bytes] | int | None = None,
    told: bool = False,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that gets ``death_signal`` when this process ends, however it ends.

    ``user`` drops to that user first (only root may); ``told`` opens its standard input for us to write to.  The
    child leads its own session, so that Ctrl-C in the terminal reaches only the supervisor, which then ends its
    children in order.
    Raises ``RuntimeError`` off the main thread, and ``OSError`` when the command can't be started.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("only the main thread may start a process that is to die with this one")
    parent = os.getpid()

    def wish() -> None:  # runs in the child, after the user was dropped
        wish_to_die_with(parent, death_signal)

    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env),
        stdin=subprocess.PIPE if told else subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=cwd,
        start_new_session=True,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        preexec_fn=wish,  # noqa: PLW1509  (the main thread forks, and no other thread holds a lock the wish needs)
    )


def die_with_parent() -> None:
    """Make this process end with its parent when a supervisor started it; otherwise do nothing.

    For the web workers: their own master forks them, so the supervisor can't make the wish for them.
    """
    supervisor = os.environ.get(SUPERVISOR_PID)
    if supervisor is None or LIBC is None:
        return
    parent = os.getppid()
    wish_to_die_with(parent, signal.SIGKILL)
    # Whoever died before the wish was made sends no signal any more.
    if not alive(int(supervisor)) or (parent != int(supervisor) and _parent_of(parent) != int(supervisor)):
        os._exit(1)


def end_with_make() -> None:
    """Ask for SIGTERM when ``make``, which started this process, is killed; do nothing when it wasn't make."""
    if "MAKELEVEL" in os.environ:
        wish_to_die_with(os.getppid(), signal.SIGTERM)


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; the name before it may hold anything, brackets too."""
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()


def _parent_of(pid: int) -> int | None:
    try:
        return int(_stat(pid)[1])
    except (OSError, IndexError, ValueError):
        return None


def wish_to_die_with(parent: int, death_signal: signal.Signals) -> None:
    """Make this process get ``death_signal`` at the end of ``parent``, which started it; end it if that is over."""
    if LIBC is None:
        return
    LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # the parent died between the fork and the wish
        os._exit(1)
