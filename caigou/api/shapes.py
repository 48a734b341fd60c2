"""Small values that several answers share."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from msgspec.json import Encoder

from caigou.catalogue.models import mark_today
from caigou.kernel.money import Money

_ENCODER = Encoder()


def answer(value: object, status: int = 200) -> HttpResponse:
    """Return ``value`` as a JSON answer; hot reads go past the schemas, which a test holds them to."""
    return HttpResponse(_ENCODER.encode(value), content_type="application/json", status=status)


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
