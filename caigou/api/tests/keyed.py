"""A company's program: a client with a key, as the tests of the API use it."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.test import Client

from caigou.integrations.models import ApiKey
from caigou.integrations.scopes import scopes_for
from caigou.integrations.services.keys import make_key
from tests.support.factories import Party

_turn = count(1)


class Program:
    """Asks the API with a key of ``party``'s company, by default one with every scope."""

    def __init__(self, party: Party, *scopes: str) -> None:
        made: tuple[ApiKey, str] = make_key("ERP", scopes or scopes_for(party.actor.role), by=party.actor)
        self.key, self.secret = made
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **asked: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", asked, headers={"Authorization": f"Bearer {self.secret}"})

    def post(self, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> Any:
        """Send a body under a new idempotency key, under ``key``, or (None) under none."""
        told = {"Authorization": f"Bearer {self.secret}", **headers}
        if key is not None:
            told["Idempotency-Key"] = key or f"test-key-{next(_turn)}"
        data = body if isinstance(body, (str, bytes)) else {} if body is None else body
        return self.client.post(f"/api/v1/{path}", data, content_type="application/json", headers=told)
