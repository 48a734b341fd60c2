"""A payment provider that behaves badly: it honours keys, and loses, delays, doubles and refuses answers.

Every instruction that arrives is written down before anything else happens, with its moment; the first of a key has an
effect. It is a process of its own that nobody kills: the other side of a crash.
"""

from __future__ import annotations

import random
import socketserver
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from prove.logs import Log, lines_of

#: How long the product waits for an answer of the provider; some come later.
PATIENCE = 0.5
#: Of an instruction so many tries at most go wrong by the provider's fault; kills come on top.
_MOST_BAD = 2


#: It did nothing, and will do it when it is asked again.
_NOT_DONE = frozenset({"lost_before", "busy"})


class Instructed(NamedTuple):
    """One try as the provider saw it: when, of which key, for how much, and what it did with it."""

    at: float
    key: str
    minor: int
    fault: str

    @property
    def done(self) -> bool:
        return self.fault not in _NOT_DONE


#: What goes wrong with how many of a hundred tries; nothing with the rest.
_FAULTS = {"lost_before": 6, "lost_answer": 6, "late": 4, "too_late": 4, "busy": 5, "twice": 5}


class Provider:
    """Listens on ``port``; its log is its memory."""

    def __init__(self, seed: int, path: Path) -> None:
        self._draw = random.Random(f"provider:{seed}")
        self._log = Log(path)
        self._bad: dict[str, int] = {}
        provider = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline().decode()
                with suppress(OSError):  # who asked may have been killed
                    if line:
                        self.wfile.write(provider.answer(*line.split()))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 256

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])

    def run(self) -> None:
        """Answer until the process ends."""
        self._server.serve_forever(poll_interval=0.5)

    def answer(self, key: str, minor: str) -> bytes:
        """Take one instruction; return what goes back, which may be nothing."""
        fault = self._fault(key)
        self._log.write(Instructed(time.time(), key, int(minor), fault))
        if fault in _NOT_DONE:
            return b"busy\n" if fault == "busy" else b""
        if fault in {"late", "too_late"}:
            time.sleep(PATIENCE * (0.5 if fault == "late" else 1.6))
        done = f"done {key}\n".encode()
        return {"lost_answer": b"", "twice": done + done}.get(fault, done)

    def _fault(self, key: str) -> str:
        if self._bad.get(key, 0) >= _MOST_BAD:
            return ""
        names = [*_FAULTS, ""]
        [fault] = self._draw.choices(names, [*_FAULTS.values(), 100 - sum(_FAULTS.values())])
        if fault in {"lost_before", "lost_answer", "too_late", "busy"}:
            self._bad[key] = self._bad.get(key, 0) + 1
        return fault


def instructed(path: Path) -> list[Instructed]:
    """Return every try that the provider has seen, in its order."""
    return [Instructed(*line) for line in lines_of(path)]
