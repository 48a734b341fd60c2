"""Small values that several answers share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.http import HttpResponse
from msgspec.json import Encoder

from caigou.catalogue.models import mark_today
from caigou.kernel.money import Money

_ENCODER = Encoder()


def encoded(value: object) -> bytes:
    """Return ``value`` as JSON."""
    return _ENCODER.encode(value)


def answer(value: object, status: int = 200) -> HttpResponse:
    """Return ``value`` as a JSON answer; hot reads go past the schemas, which a test holds them to."""
    return HttpResponse(encoded(value), content_type="application/json", status=status)


def shape(code: str, message: str, fields: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return the one shape of a refusal."""
    return {"code": code, "message": message, "fields": dict(fields or {})}


def refusal(code: str, message: str, status: int, fields: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a refusal as an answer."""
    return answer(shape(code, message, fields), status)


def time_or_none(moment: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC.

    >>> time_or_none(datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC))
    '2026-11-23T04:05:06Z'
    """
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def time_of(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC."""
    return time_or_none(moment) or ""


def money_or_none(minor: int | None, currency: str) -> dict[str, str] | None:
    """Return the amount as the API writes money, or None for what nobody stated."""
    return None if minor is None else Money(minor, currency).to_json()


def rating_of(tenths: int | None) -> float | None:
    """Return an average of 0 to 5.

    >>> rating_of(47), rating_of(None)
    (4.7, None)
    """
    return None if tenths is None else tenths / 10


def qualification_of(stated: str, until: str | None) -> str:
    """Return what counts of a qualification today; ``until`` is its last day as JSON writes it."""
    return mark_today(stated, date.fromisoformat(until) if until else None)
