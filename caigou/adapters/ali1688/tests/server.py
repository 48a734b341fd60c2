"""A 1688 on a socket of its own: the sandbox's answers, and the faults that real gateways have."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl

from caigou.adapters.sandbox_1688.gateway import answer

SECRET = "secret of the tests"


@dataclass
class Gateway:
    """Its address, what it was asked, and the fault that it has just now: delay, drip, drop or none."""

    url: str = ""
    fault: str = ""
    #: Sent in place of the sandbox's answer.
    body: bytes | None = None
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, state: Gateway) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.state = state

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has hung up: some tests do."""


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        state = cast(_Server, self.server).state
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True))
        state.asked.append(form)
        status, told = answer(self.path.removeprefix("/openapi/"), form, secret=SECRET)
        body = json.dumps(told, ensure_ascii=False).encode()
        if state.body is not None:
            status, body = state.status, state.body
        if state.fault == "drop":  # the work is done, the answer is lost
            self.close_connection = True
            return
        time.sleep(0.6 if state.fault == "delay" else 0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        step = 400 if state.fault == "drip" else len(body) or 1
        for place in range(0, len(body), step):
            self.wfile.write(body[place : place + step])
            self.wfile.flush()
            time.sleep(0.1 if state.fault == "drip" else 0)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def gateway() -> Iterator[Gateway]:
    """Serve until the end of the block."""
    state = Gateway()
    server = _Server(state)
    state.url = f"http://127.0.0.1:{server.server_port}/openapi"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
