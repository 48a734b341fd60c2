"""One connection to the product that comes back: what has no answer is asked again, under the same key."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: How long the product may be away before the proof has failed.
_AWAY = 120.0
_TIMEOUT = 15.0
#: Nothing was done, or nobody knows: asked again under the same key (docs/api.md).
_NO_ANSWER = frozenset({409, 429, 500, 502, 503, 504})
_CSRF = "p" * 32


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Asks until there is an answer; ``on_retry`` hears the status, or 0 for a lost connection."""

    def __init__(self, port: int, on_retry: Callable[[int], None] = lambda _status: None) -> None:
        self._port, self._on_retry = port, on_retry
        self._line: http.client.HTTPConnection | None = None

    def api(self, secret: str, method: str, path: str, body: Any = None, *, key: str = "") -> Reply:
        """Ask the API as a company's program does."""
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        return self.until_answered(method, f"/api/v1/{path}", json.dumps(body).encode() if body else None, headers)

    def page(self, session: str, method: str, path: str, form: str = "") -> Reply:
        """Ask a page as a person's browser does."""
        return self.until_answered(method, path, form.encode() or None, _browser(session))

    def page_once(self, session: str, method: str, path: str, form: str = "") -> Reply | None:
        """Ask a page, and not again."""
        return self.once(method, path, form.encode() or None, _browser(session))

    def until_answered(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        """Ask until there is an answer; raises ``TimeoutError`` when there is none for too long."""
        end = time.monotonic() + _AWAY
        while True:
            reply = self.once(method, path, body, headers)
            if reply is not None and reply.status not in _NO_ANSWER:
                return reply
            self._on_retry(0 if reply is None else reply.status)
            if time.monotonic() > end:
                raise TimeoutError(f"{method} {path} has no answer: {reply}")
            time.sleep(0.1)

    def once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply | None:
        """Ask once; None when the connection was lost."""
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
            self._line.request(method, path, body=body, headers=dict(headers))
            answer = self._line.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def close(self) -> None:
        """Hang up; the next question opens a line anew."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _browser(session: str) -> dict[str, str]:
    mine = f"sessionid={session}; " if session else ""
    return {
        "Cookie": f"{mine}csrftoken={_CSRF}",
        "X-CSRFToken": _CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
    }
