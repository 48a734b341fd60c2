"""What the reader wants prices shown for: a currency and a destination, on every page and without an account.

Chosen by the switch in the bar and kept in two cookies. Only estimates depend on it: an order, an offer and a
listed price keep their own currency whatever a viewer chooses (bug 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from babel.numbers import get_territory_currencies
from django.http import HttpRequest, HttpResponse

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
    """Return what the reader chose here, else on another device, else what company and language suggest."""
    company = getattr(request, "company", None)
    # The actor's middleware has looked at the session already; strangers have none.
    person = getattr(request, "user", None) if company is not None else None
    said = (request.COOKIES.get(DESTINATION_COOKIE, ""), getattr(person, "destination", ""))
    destination = next((code for code in said if is_country(code)), company.country if company is not None else "")
    wanted = (request.COOKIES.get(CURRENCY_COOKIE, ""), getattr(person, "currency", ""))
    currency = next((code for code in wanted if code in CURRENCIES and code != "PTS"), "")
    if not currency:
        chinese = str(getattr(request, "LANGUAGE_CODE", "")).startswith("zh")
        currency = currency_of(destination) if destination else "CNY" if chinese else FALLBACK
    return Reader(currency, destination)


def terms_of(request: HttpRequest) -> Reader:
    """Return what the middleware found, for a view that needs it with its type."""
    return getattr(request, "reader", None) or Reader()


class ReaderTerms:
    """Put ``request.reader`` there; after the actor and the language are known."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.reader = reader_of(request)
        return self.get_response(request)
