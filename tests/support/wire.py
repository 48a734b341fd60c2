"""A wire between a browser and the house that a test can cut: what a phone in a lift has."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_CHUNK = 65_536


class Wire:
    """Forwards connections on a port of its own to the house, until it is cut; then nobody answers there."""

    def __init__(self, address: str) -> None:
        self._house = ("127.0.0.1", urlsplit(address).port or 80)
        self._ends: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _peer = self._listening.accept()
                far = socket.create_connection(self._house)
            except OSError:
                return
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()

    def cut(self) -> None:
        """Hang up everybody and answer nobody any more."""
        for end in (self._listening, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while chunk := one.recv(_CHUNK):
            other.sendall(chunk)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@contextmanager
def wire_to(address: str) -> Iterator[Wire]:
    """Lay a wire to the house and take it away again."""
    wire = Wire(address)
    try:
        yield wire
    finally:
        wire.cut()
