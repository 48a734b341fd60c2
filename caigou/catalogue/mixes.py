"""How a quantity is divided among the variants of a product: pure rules, no database (F6, F10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from caigou.catalogue.pricing import Quote

Key = TypeVar("Key")


def first_choice(quote: Quote, variants: Sequence[int]) -> int | None:
    """Return the variant that is chosen for somebody who named none: the cheapest, the first one of equals.

    So the page starts at the price that lists and filters show. Of goods priced per variant only those with a
    price count, unless none has one; None without variants.

    >>> from caigou.catalogue.pricing import QuoteType
    >>> from caigou.kernel.money import Money
    >>> prices = {7: Money(9_00, "CNY"), 8: Money(8_00, "CNY")}
    >>> first_choice(Quote(QuoteType.PER_VARIANT, 1, variants=prices), [7, 8])
    8
    """
    priced = [variant for variant in variants if variant in quote.variants]
    if priced:
        return min(priced, key=lambda variant: quote.variants[variant].minor)
    return variants[0] if variants else None


def resize(mix: Mapping[Key, int], total: int) -> dict[Key, int]:
    """Return the mix with ``total`` units in all: the largest part takes what comes and gives what goes.

    Parts that come to nothing are left out. An empty mix stays empty: there is nobody to give anything to.
    Raises ``ValueError`` for a negative total or part.

    >>> resize({"blue": 600, "red": 480}, 1_200), resize({"blue": 600, "red": 480}, 240)
    ({'blue': 720, 'red': 480}, {'blue': 240})
    """
    if total < 0 or any(part < 0 for part in mix.values()):
        raise ValueError("quantities are not negative")
    left = {key: part for key, part in mix.items() if part} or dict.fromkeys(list(mix)[:1], 0)
    missing = total - sum(left.values())
    if missing > 0 and left:
        left[max(left, key=lambda key: left[key])] += missing
    # From the smallest part on, so that what was chosen most of is what remains.
    for key in sorted(left, key=lambda key: left[key]):
        if missing >= 0:
            break
        given = min(left[key], -missing)
        left[key] -= given
        missing += given
    return {key: part for key, part in left.items() if part}
