"""What the reader wants prices shown for: a currency and a destination, on every page and without an account.

Chosen by the switch in the bar and kept in two cookies. Only estimates depend on it: an order, an offer and a
listed price keep their own currency whatever a viewer chooses (bug 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from babel.numbers import get_territory_currencies
from django.http import HttpResponse

from caigou.accounts.countries import is_country
from caigou.kernel.clock import now
from caigou.kernel.money import CURRENCIES

CURRENCY_COOKIE: Final = "currency"
DESTINATION_COOKIE: Final = "destination"
#: For a country whose currency we can't write, and for a reader of whom nothing is known.
FALLBACK: Final = "USD"


@dataclass(frozen=True, slots=True)
class Reader:
    """``currency`` is ISO 4217; ``destination`` a country by ISO 3166-1, or empty while nobody has said where to."""

    currency: str = FALLBACK
    destination: str = ""


def currency_of(country: str) -> str:
    """Return the currency that is tender in a country today, or ``FALLBACK`` when we can't write it.

    >>> currency_of("KE"), currency_of("DE"), currency_of("JP"), currency_of("")
    ('KES', 'EUR', 'JPY', 'USD')
    """
    tender = get_territory_currencies(country, start_date=now().date()) if country else []
    return next((str(code) for code in tender if code in CURRENCIES), FALLBACK)


def reader_of(request: Any) -> Reader:
    """Return what the reader chose, else what their company's country or their language suggests."""
    company = getattr(request, "company", None)
    home = company.country if company is not None else ""
    destination = request.COOKIES.get(DESTINATION_COOKIE, "")
    if not is_country(destination):
        destination = home
    currency = request.COOKIES.get(CURRENCY_COOKIE, "")
    if currency not in CURRENCIES or currency == "PTS":
        chinese = str(getattr(request, "LANGUAGE_CODE", "")).startswith("zh")
        currency = currency_of(destination) if destination else "CNY" if chinese else FALLBACK
    return Reader(currency, destination)


class ReaderTerms:
    """Put ``request.reader`` there; after the actor and the language are known."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.reader = reader_of(request)
        return self.get_response(request)
