"""What a statement says, whatever it was written in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from caigou.kernel.money import Money

#: Characters that are kept of each; no bank sends more by any of the formats, and an attacker must not either.
MOST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked movement, or one payment of a batch. ``where`` is its line or number in the file, for refusals."""

    day: date
    value_day: date
    is_credit: bool
    amount: Money
    bank_ref: str = ""
    part: int = 0
    reference: str = ""
    text: str = ""
    payer_name: str = ""
    payer_number: str = ""
    payer_bic: str = ""
    to_number: str = ""
    returns: str = ""
    #: The amount of the batch that this is a part of.
    whole: Money | None = None
    where: int = 0

    @property
    def signed(self) -> Money:
        return self.amount if self.is_credit else -self.amount


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: of which account, how it begins and ends, and what happened between.

    ``pending`` counts entries that aren't booked yet: they move nothing.
    """

    kind: str
    account_number: str
    entries: Sequence[Entry]
    number: str = ""
    opening: Money | None = None
    closing: Money | None = None
    pending: int = 0
    currencies: frozenset[str] = field(default_factory=frozenset)


def plain(text: str | None, most: int = MOST_TEXT) -> str:
    """Return a text on one line that PostgreSQL can store and a page can show.

    >>> plain("a\\x00b \\n c")
    'a b c'
    """
    shown = (sign if sign.isprintable() else " " for sign in (text or "")[: most * 2])
    return " ".join("".join(shown).split())[:most]


def number_of(text: str | None) -> str:
    """Return an account number without blanks, in capitals, as numbers are compared.

    >>> number_of(" de89 3704 0044-0532 ")
    'DE89370400440532'
    """
    return "".join(sign for sign in (text or "") if sign.isascii() and sign.isalnum()).upper()[:34]


def keyed(entries: Iterable[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield each entry with the name under which it is stored once.

    The bank's own reference, with amount, day and direction, since some banks only count; without one, what the
    entry says, and the how-manieth of equal ones it is. The parts of a batch share their entry's name.
    """
    seen: Counter[str] = Counter()
    for entry in entries:
        facts = f"{entry.whole or entry.amount}|{entry.value_day}|{'C' if entry.is_credit else 'D'}"
        if entry.bank_ref:
            yield _digest(f"{entry.bank_ref}|{facts}"), entry
            continue
        said = f"{facts}|{entry.day.isoformat()}|{entry.reference}|{entry.text}|{entry.payer_name}|{entry.payer_number}"
        seen[said] += 1
        yield _digest(f"#{seen[said]}|{said}"), entry


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def parts(whole: Entry, pieces: Sequence[Entry]) -> list[Entry]:
    """Return the payments of a batch as entries of their own, or the whole if they don't add up to it."""
    if len(pieces) < 2:
        return [pieces[0] if pieces and pieces[0].amount == whole.amount else whole]
    same = all(piece.amount.currency == whole.amount.currency for piece in pieces)
    if not same or sum(piece.amount.minor for piece in pieces) != whole.amount.minor:
        return [whole]
    return [replace(piece, part=number, whole=whole.amount) for number, piece in enumerate(pieces, start=1)]
