"""Our books beside the bank's or a provider's statement: every difference is found and named, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from caigou.kernel.money import Money
from caigou.payments.bank.compare import Difference, Item, compare
from caigou.payments.bank.services.receipts import answer_receipt
from caigou.payments.bank.services.reconcile import look
from caigou.payments.bank.tests.banking import announced, arrive, cny, our_account, person
from caigou.payments.bank.tests.test_deciding import receipt
from caigou.payments.bank.tests.written import entry
from caigou.payments.tests.purses import buyer

DAY = date(2026, 11, 20)


@pytest.mark.slow
def test_200_differences_of_8_kinds_in_20_000_lines_are_found_and_no_other() -> None:
    dice = random.Random(20261123)
    ours = [
        Item(
            f"T{n}",
            DAY + timedelta(days=n % 30),
            Money(dice.randint(1, 10**9), "CNY"),
            Money(dice.randint(0, 99), "CNY"),
            n % 3 == 0,
        )
        for n in range(20_000)
    ]
    theirs = list(ours)
    planted: set[tuple[str, str]] = set()
    drawn = dice.sample(range(20_000), 200)
    drop: list[Item] = []
    for place, at in enumerate(drawn):
        kind = ("missing", "extra", "duplicate", "currency", "amount", "fee", "fx_rounding", "date")[place % 8]
        was = ours[at]
        planted.add((kind, was.name))
        match kind:
            case "missing":
                drop.append(was)
            case "extra":
                ours[at] = replace(was, name=f"ours-{at}")
                theirs.append(replace(ours[at]))
            case "duplicate":
                theirs.append(was)
            case "currency":
                theirs[at] = replace(was, amount=Money(was.amount.minor, "USD"))
            case "amount":
                theirs[at] = replace(was, amount=was.amount + Money(dice.randint(2, 500), "CNY"))
            case "fee":
                theirs[at] = replace(was, fee=Money(100 + dice.randint(1, 9), "CNY"))
            case "fx_rounding":
                ours[at] = replace(was, converted=True)
                theirs[at] = replace(was, converted=True, amount=was.amount + Money(dice.choice((-1, 1)), "CNY"))
            case "date":
                theirs[at] = replace(was, day=was.day + timedelta(days=dice.randint(1, 9)))
    theirs = [item for item in theirs if item not in drop]
    dice.shuffle(theirs)

    found = compare(ours, theirs)

    assert len(planted) == 200
    assert {(each.kind, each.name) for each in found} == planted
    assert len(found) == 200


def test_a_day_may_differ_as_far_as_it_is_allowed_to() -> None:
    own = Item("a", DAY, cny("1.00"))
    later = replace(own, day=DAY + timedelta(days=2))
    assert compare([own], [later], days=2) == []
    assert compare([own], [later], days=1) == [Difference("date", "a", own, later)]


@pytest.mark.django_db
def test_the_books_of_an_account_are_what_the_bank_says_or_say_where_not() -> None:
    ours, park = our_account(), buyer("Park")
    arrive(ours, entry("5.00", ref="1", rf=announced(park, "5.00").reference), entry("6.00", ref="2"))
    arrive(ours, entry("2.00", ref="3", credit=False), number="2")
    early = receipt(ours, park, "9.00")
    answer_receipt(early.pk, agree=True, by=person())

    seen = look(ours, DAY, DAY)

    assert (seen.lines, seen.postings, seen.books) == (3, 3, cny("20.00"))
    [extra, missing] = seen.differences
    assert extra.theirs is not None
    assert missing.ours is not None
    assert (extra.kind, extra.theirs.amount) == ("extra", -cny("2.00"))
    assert (missing.kind, missing.ours.amount) == ("missing", cny("9.00"))
    arrive(ours, entry("9.00", ref="4", rf=announced(park, "9.00").reference), number="3")
    assert [each.kind for each in look(ours, DAY, DAY).differences] == ["extra"]
