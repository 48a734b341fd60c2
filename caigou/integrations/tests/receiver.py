"""A company's program that is asked over real sockets: it answers as told, late, with a fault, or cuts the line."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """``behaviours`` are done in turn, the last for ever: a status, ``cut``, ``drip``, ``late`` or ``elsewhere``."""

    behaviours: list[int | str] = field(default_factory=lambda: [200])
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    def next(self) -> int | str:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


@contextmanager
def receiving(*behaviours: int | str) -> Iterator[Receiver]:
    receiver = Receiver(list(behaviours) or [200])

    class Handler(BaseHTTPRequestHandler):
        headers: Message

        def do_POST(self) -> None:
            receiver.connections += 1
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            receiver.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            match receiver.next():
                case "cut":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                case "late":
                    time.sleep(2.5)
                case "drip":
                    for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 60:
                        try:
                            self.wfile.write(bytes([sign]))
                        except OSError:
                            return
                        time.sleep(0.1)
                case "elsewhere":
                    self.send_response(307)
                    self.send_header("Location", f"http://127.0.0.1:{receiver.port}/inside")
                    self.end_headers()
                case status:
                    self.send_response(int(status))
                    self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
