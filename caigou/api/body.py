"""Reading JSON bodies: strictly, so that nothing gets past the door that the database can't store."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from django.http import HttpRequest
from ninja.parser import Parser

JSON = "application/json"


class NotJson(ValueError):
    """The body isn't JSON that we take: not UTF-8, a NUL, half of a surrogate pair, or too deep."""


class StrictJson(Parser):
    """UTF-8 JSON only; msgspec refuses what Python's own reader lets through."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body; raises ``ValueError`` for what is no JSON of ours."""
        if request.content_type != JSON:
            raise NotJson(request.content_type)
        try:
            found = msgspec.json.decode(request.body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise NotJson(str(error)) from error
        if _has_nul(found):
            raise NotJson("a NUL")
        return cast(dict[str, Any], found)


def _has_nul(value: object) -> bool:
    """Say whether a text anywhere in ``value`` can't be stored by PostgreSQL."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and "\0" in one:
            return True
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False
