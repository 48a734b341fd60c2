"""A payment gateway on the far side of a real socket, which delays, drops, loses, cuts, repeats and talks nonsense.

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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from caigou.kernel.money import Money
from caigou.payments.ports import BadSignature, Charge, ChargeStatus, Incoming, Refunded, Settled
from caigou.payments.settlements.plain import read_plain

#: How long the adapter waits for an answer, in seconds.
PATIENCE = 0.3
#: What the far side may do instead of answering properly; what it was told to do is done all the same.
MISDEEDS = ("drop", "late", "half", "nonsense", "error", "reset")


class FarSide(ThreadingHTTPServer):
    """The provider: its charges, what it will do to the next requests, and how often it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.charges: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        #: The provider's statements of days that are over.
        self.reports: dict[date, bytes] = {}
        #: How the next new refunds end: ``pending``, or refused as ``closed`` or ``too_old``; else they are sent back.
        self.endings: deque[str] = deque()
        #: ``lost``: the request never arrives. Else one of ``MISDEEDS``.
        self.misdeeds: deque[str] = deque()
        self.asked: list[str] = []
        self.told: list[str] = []
        self._lock = threading.Lock()

    def decide(self, reference: str, status: ChargeStatus, amount: Money) -> None:
        """The payer has paid, or not: from now on this is the provider's truth."""
        self.charges[reference] = {"status": status, "minor": amount.minor, "currency": amount.currency}

    def refund(self, told: dict[str, Any]) -> dict[str, Any]:
        """Do what a refund's instruction says, once for its key; never more than the charge."""
        with self._lock:
            self.told.append(told["reference"])
            if told["reference"] not in self.refunds:
                self.refunds[told["reference"]] = {**told, **self._ending(told)}
            made = self.refunds[told["reference"]]
            return made if told.items() <= made.items() else {"error": "the key was used for another refund"}

    def _ending(self, told: dict[str, Any]) -> dict[str, str]:
        charge = self.charges.get(told["charge"], {"status": "absent", "minor": 0})
        back = sum(one["minor"] for one in self.refunds.values() if self._stands(one, told["charge"]))
        if charge["status"] != "paid" or told["minor"] + back > charge["minor"]:
            return {"status": "refused", "reason": "other"}
        ending = self.endings.popleft() if self.endings else ""
        if ending == "pending":
            return {"status": "pending", "reason": ""}
        return {"status": "refused", "reason": ending} if ending else {"status": "refunded", "reason": ""}

    def _stands(self, one: dict[str, Any], charge: str) -> bool:
        return bool(one["charge"] == charge and one["status"] != "refused")

    def sent_back(self) -> int:
        """Return what all refunds together have sent back, in minor units."""
        return sum(one["minor"] for one in self.refunds.values() if one["status"] == "refunded")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up early is no news here."""


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        far = cast(FarSide, self.server)
        what, reference = self.path.rsplit("/", 2)[-2:]
        far.asked.append(reference)
        if what == "reports":
            self._hand_out(far.reports.get(date.fromisoformat(reference)))
            return
        if what == "refunds":
            known = far.refunds.get(reference, {"status": "absent", "minor": 0, "currency": "CNY", "reason": ""})
        else:
            known = far.charges.get(reference, {"status": "pending", "minor": 0, "currency": "CNY"})
        self._say({"reference": reference, "ref": f"far-{reference}", **known}, self._misdeed(far))

    def do_POST(self) -> None:
        far = cast(FarSide, self.server)
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        misdeed = self._misdeed(far)
        if misdeed == "lost":
            self.connection.close()
            return
        made = far.refund(told)
        self._say({"ref": f"far-{told['reference']}", **made}, misdeed)

    def _hand_out(self, file: bytes | None) -> None:
        self.send_response(404 if file is None else 200)
        self.send_header("Content-Length", str(len(file or b"")))
        self.end_headers()
        self.wfile.write(file or b"")

    def _misdeed(self, far: FarSide) -> str:
        return far.misdeeds.popleft() if far.misdeeds else ""

    def _say(self, said: dict[str, Any], misdeed: str) -> None:
        body = json.dumps(said).encode()
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
        known = self._answer("GET", f"/charges/{reference}")
        return Charge(reference, known["ref"], known["status"], Money(known["minor"], known["currency"]))

    def refund(self, reference: str, charge: str, amount: Money) -> Refunded:
        told = {"reference": reference, "charge": charge, "minor": amount.minor, "currency": amount.currency}
        return self._refunded(reference, self._answer("POST", "/refunds", json.dumps(told).encode()))

    def ask_refund(self, reference: str, charge: str) -> Refunded:
        return self._refunded(reference, self._answer("GET", f"/refunds/{reference}"))

    def _refunded(self, reference: str, known: dict[str, Any]) -> Refunded:
        if "error" in known:
            raise OSError(known["error"])
        amount = Money(known["minor"], known["currency"])
        return Refunded(reference, known["ref"], known["status"], amount, known["reason"])

    def report(self, day: date) -> bytes | None:
        status, said = self._fetch("GET", f"/reports/{day.isoformat()}")
        if status not in {200, 404}:
            raise OSError(f"the far side says {status}")
        return said if status == 200 else None

    def read_report(self, data: bytes) -> Sequence[Settled]:
        return read_plain(data)

    def _answer(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        status, said = self._fetch(method, path, body)
        if status != 200:
            raise OSError(f"the far side says {status}")
        try:
            known: dict[str, Any] = json.loads(said)
        except ValueError as error:
            raise OSError("the far side talks nonsense") from error
        return known

    def _fetch(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise OSError("the far side talks nonsense") from error
        finally:
            connection.close()

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Incoming:
        if headers.get("signature") != "genuine":
            raise BadSignature("not from the far side")
        event = json.loads(body)
        return Incoming(headers["id"], event["reference"], event.get("about", "charge"))


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
