"""ISO 11649 creditor references: ``RF``, two check digits, up to 21 letters and digits (F11).

>>> grouped("RF18539007547034"), compact("rf18 5390-0754 7034")
('RF18 5390 0754 7034', 'RF18539007547034')
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

from stdnum import iso11649

#: No letter that is taken for another on paper or on the phone, and no vowel, so that no word comes up.
_ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXZ"
_LENGTH = 12
#: Signs that people put between the groups.
_BETWEEN = re.compile(r"[\s\-./]+")
#: As long as one can be, with up to a blank between any two signs.
_STARTS = re.compile(r"(?=R[\s\-./]*F[\s\-./]*\d)", re.IGNORECASE)
_SHORTEST, _LONGEST = 5, 25


def new_reference() -> str:
    """Return a reference that was never given out, with its check digits.

    >>> iso11649.is_valid(new_reference())
    True
    """
    return with_check("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)))


def with_check(body: str) -> str:
    """Return ``body`` with ``RF`` and its check digits: 98 less the remainder by 97, letters counted from 10.

    >>> with_check("539007547034"), with_check("PO20261121A7")
    ('RF18539007547034', 'RF24PO20261121A7')
    """
    figures = "".join(str(int(sign, 36)) for sign in f"{body}RF00")
    return f"RF{98 - int(figures) % 97:02d}{body}"


def compact(text: str) -> str:
    """Return a reference without what people put between its signs, in capitals."""
    return _BETWEEN.sub("", text).upper()


def grouped(reference: str) -> str:
    """Return a reference in groups of four, as it is printed."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def candidates(text: str) -> Iterator[str]:
    """Yield every valid reference that may stand in what a payer wrote, the longest at each place first.

    Where it ends can't be seen when more letters follow, so each length is tried; the check digits and the table of
    those that we gave out decide.

    >>> list(candidates("inv 7 rf18 5390 0754 7034, thanks"))[:1]
    ['RF18539007547034']
    """
    for found in _STARTS.finditer(text[:2_000]):
        rest = re.match(r"[0-9A-Z]*", compact(text[found.start() : found.start() + 80]))
        signs = rest.group()[:_LONGEST] if rest else ""
        for length in range(len(signs), _SHORTEST - 1, -1):
            if signs[:length].isascii() and iso11649.is_valid(signs[:length]):
                yield signs[:length]
