"""Waiting for a site's first answer: as long as it takes on a busy machine, and deaf to nobody meanwhile."""

from __future__ import annotations

import contextlib
import select
import socket

#: What the supervisor says to the servers when the database is ready.
GO = b"go\n"


class Knock:
    """One question to a site under way at a time; asking whether it was answered takes a moment at most.

    A web server takes connections before its first process can answer.  So the same question waits, however long
    that takes; it is asked anew only when nobody listens yet or the connection is lost.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._line: socket.socket | None = None

    def answered(self) -> bool:
        """Whether the site has spoken; a redirect to https or a refused host name is an answer too."""
        if self._line is None:
            self._ask()
        if self._line is None or not select.select([self._line], [], [], 0)[0]:
            return False
        try:
            said = self._line.recv(16)
        except OSError:
            said = b""
        self._hang_up()
        return said.startswith(b"HTTP/")

    def _ask(self) -> None:
        with contextlib.suppress(OSError):
            self._line = socket.create_connection(self._address, timeout=1)
            self._line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
