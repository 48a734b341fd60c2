"""Children of a process that has threads by now: forked by one that it left behind before it had any.

A process with threads must not fork: a lock that another thread holds stays held in the child for ever, and open
indexes and connections would be two processes'. So a small process is forked first, which sleeps and stays as it
was; it forks whoever is wanted later. What nobody writes stays the same memory for all.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial

from caigou.cli.forked import Forked

_WANTED, _UNWANTED = b"+", b"-"


class Nursery:
    """Forks children that all do the same ``work``, one at a time, and buries them."""

    def __init__(self, child: str, work: Callable[[socket.socket], None]) -> None:
        """``child`` is the name that ``ps -e`` shows of one; ``work`` is given its line to this process.

        To be called while this process has one thread and nothing open that a fork must not inherit.
        """
        self._wire, theirs = socket.socketpair()

        def look_after() -> int:
            self._wire.close()
            return _look_after(theirs, child, work)

        with theirs:
            self._process = Forked("caigou-nursery", look_after)

    def bear(self) -> socket.socket:
        """Return the line to a new child; the one before is ended. Raises ``OSError`` when none can be had."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._wire, [_WANTED], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def end(self) -> None:
        """End the child that there is, also one that hangs. Raises ``OSError`` when the nursery is gone."""
        self._wire.sendall(_UNWANTED)


def _look_after(wire: socket.socket, name: str, work: Callable[[socket.socket], None]) -> int:
    """Do what is told until the line ends."""
    child: Forked | None = None
    while True:
        told, lines, _flags, _from = socket.recv_fds(wire, 1, 1)
        if child is not None:
            child.kill()
            child.wait(10)
            child = None
        if not told:
            return 0
        if told == _WANTED:
            with socket.socket(fileno=lines[0]) as line:
                child = Forked(name, partial(_live, wire, line, work))


def _live(wire: socket.socket, line: socket.socket, work: Callable[[socket.socket], None]) -> int:
    wire.close()
    work(line)
    return 0
