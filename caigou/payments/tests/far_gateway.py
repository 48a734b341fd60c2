"""A payment gateway on the far side of a real socket, which delays, drops, cuts, repeats and talks nonsense.

``FarSide`` is the provider: an HTTP server with its own truth about each charge. ``FarGateway`` is the adapter
that implements our port and knows nothing of that truth but what comes through the socket.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from caigou.kernel.money import Money
from caigou.payments.ports import BadSignature, Charge, ChargeStatus, Incoming

#: How long the adapter waits for an answer, in seconds.
PATIENCE = 0.3
#: What the far side may do instead of answering properly.
MISDEEDS = ("drop", "late", "half", "nonsense", "error", "reset")


class FarSide(ThreadingHTTPServer):
    """The provider: its charges, what it will do to the next requests, and how often it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.charges: dict[str, dict[str, Any]] = {}
        self.misdeeds: deque[str] = deque()
        self.asked: list[str] = []

    def decide(self, reference: str, status: ChargeStatus, amount: Money) -> None:
        """The payer has paid, or not: from now on this is the provider's truth."""
        self.charges[reference] = {"status": status, "minor": amount.minor, "currency": amount.currency}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up early is no news here."""


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        far = cast(FarSide, self.server)
        reference = self.path.rsplit("/", 1)[-1]
        far.asked.append(reference)
        misdeed = far.misdeeds.popleft() if far.misdeeds else ""
        charge = far.charges.get(reference, {"status": "pending", "minor": 0, "currency": "CNY"})
        body = json.dumps({"reference": reference, "ref": f"far-{reference}", **charge}).encode()
        if misdeed == "drop":
            self.connection.close()
            return
        if misdeed == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.connection.close()
            return
        if misdeed == "late":
            time.sleep(PATIENCE * 2)
        self.send_response(500 if misdeed == "error" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"<html>sorry</html>".ljust(len(body)) if misdeed == "nonsense" else body[: _share(misdeed)])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
        """Say nothing."""


def _share(misdeed: str) -> int | None:
    return 10 if misdeed == "half" else None


class FarGateway:
    """Implements ``payments.ports.Gateway`` over HTTP; whatever isn't an answer is an ``OSError``."""

    name = "far"
    is_sandbox = True

    def __init__(self, port: int = 0) -> None:
        self.port = port

    def start(self, reference: str, amount: Money, return_url: str) -> str:
        return f"/far/{reference}"

    def ask(self, reference: str) -> Charge:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", f"/charges/{reference}")
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                raise OSError(f"the far side says {answer.status}")
            known = json.loads(said)
        except (http.client.HTTPException, ValueError) as error:
            raise OSError("the far side talks nonsense") from error
        finally:
            connection.close()
        return Charge(reference, known["ref"], known["status"], Money(known["minor"], known["currency"]))

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Incoming:
        if headers.get("signature") != "genuine":
            raise BadSignature("not from the far side")
        return Incoming(event_id=headers["id"], reference=json.loads(body)["reference"])


#: The table that ``CAIGOU_GATEWAYS`` names in these tests.
GATEWAY = FarGateway()
GATEWAYS = {GATEWAY.name: GATEWAY}


@contextmanager
def far_side() -> Iterator[FarSide]:
    """Run the provider, and let the adapter talk to it."""
    server = FarSide()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    GATEWAY.port = server.server_address[1]
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
