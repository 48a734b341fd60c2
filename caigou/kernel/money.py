"""Money: whole minor units of one currency. No float, no bare Decimal, no sum of two currencies.

Exponents follow ISO 4217; ``PTS`` (points) is the platform's own unit and is not money (capability A16).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from caigou.kernel.errors import BadInput

#: ISO 4217 minor-unit exponents of the currencies that a deployment may open.
CURRENCIES: dict[str, int] = {
    "AED": 2, "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CLF": 4, "CNY": 2, "CZK": 2, "DKK": 2, "EGP": 2, "EUR": 2,
    "GBP": 2, "HKD": 2, "IDR": 2, "ILS": 2, "INR": 2, "JPY": 0, "KES": 2, "KRW": 0, "KWD": 3, "MXN": 2, "MYR": 2,
    "NGN": 2, "NOK": 2, "NZD": 2, "PHP": 2, "PLN": 2, "PTS": 0, "RUB": 2, "SAR": 2, "SEK": 2, "SGD": 2, "THB": 2,
    "TRY": 2, "TWD": 2, "USD": 2, "VND": 0, "ZAR": 2,
}  # fmt: skip

#: The ledger stores amounts as bigint; a single amount beyond this is refused long before it could overflow a sum.
MAX_MINOR = 10**15

_AMOUNT = re.compile(r"(-?)(\d{1,16})(?:\.(\d{1,4}))?", re.ASCII)


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum: a fault of the code, not of a person."""


class BadAmount(BadInput):
    """A text that is not an exact amount of this currency."""

    code = "bad_amount"


def exponent(currency: str) -> int:
    """Return how many digits the minor unit has; raises ``BadAmount`` for a code that is not in ``CURRENCIES``.

    >>> exponent("CNY"), exponent("JPY"), exponent("KWD")
    (2, 0, 3)
    """
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise BadAmount(
            _("%(code)s is not a currency that we know. Use a three-letter code such as CNY or USD.")
            % {"code": currency[:8]}
        ) from None


@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` whole minor units (fen, cents) of ``currency``.

    >>> Money(12_60, "CNY") * 1_200
    Money(minor=1512000, currency='CNY')
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")
        if self.currency not in CURRENCIES:
            raise ValueError(f"unknown currency {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    def _minor_of(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} don't add up")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise TypeError("money is multiplied by whole numbers only")
        return Money(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._minor_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._minor_of(other)

    @property
    def amount(self) -> str:
        """The exact decimal text, all digits of the currency written.

        >>> Money(-5, "CNY").amount, Money(7, "JPY").amount
        ('-0.05', '7')
        """
        digits = CURRENCIES[self.currency]
        sign, figure = ("-" if self.minor < 0 else ""), str(abs(self.minor))
        if digits == 0:
            return sign + figure
        figure = figure.rjust(digits + 1, "0")
        return f"{sign}{figure[:-digits]}.{figure[-digits:]}"

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def to_json(self) -> dict[str, str]:
        """Return the API's shape, a string amount and a currency."""
        return {"amount": self.amount, "currency": self.currency}


def parse_money(text: Any, currency: str) -> Money:
    """Return the amount that a person or a file wrote as plain digits with a point.

    Raises ``BadAmount`` for anything else: a JSON number, an exponent, NaN, separators, a sign other
    than a leading minus, or more digits than the currency has.

    >>> parse_money("123.4", "CNY")
    Money(minor=12340, currency='CNY')
    """
    digits = exponent(currency)
    match = _AMOUNT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise BadAmount(_("Write the amount in plain digits with a point, such as 1234.50."))
    sign, whole, part = match.group(1), match.group(2), match.group(3) or ""
    if len(part) > digits:
        raise BadAmount(
            _("%(currency)s has %(digits)s digits after the point; this amount has more.")
            % {"currency": currency, "digits": digits}
        )
    minor = int(whole + part.ljust(digits, "0"))
    if minor > MAX_MINOR:
        raise BadAmount(_("This amount is larger than we can take."))
    return Money(-minor if sign else minor, currency)
