"""Each statement begins where the one before it ended; where it doesn't, the page says so."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from caigou.kernel.errors import BadInput
from caigou.payments.bank.continuity import breaks_of
from caigou.payments.bank.models import BankAccount, VirtualAccount
from caigou.payments.bank.services.accounts import open_virtual
from caigou.payments.bank.services.take_in import take_in
from caigou.payments.bank.tests.banking import our_account, person
from caigou.payments.bank.tests.written import camt, entry, mt940
from caigou.payments.tests.purses import buyer
from tests.support.factories import make_staff


def told(ours: BankAccount, day: str, opening: str, closing: str, *entries: str) -> None:
    """A statement of one movement on a day of November 2026, or of these entries."""
    moved = float(closing) - float(opening)
    lines = entries or (entry(f"{abs(moved):.2f}", ref=f"{day} {opening}", day=f"2026-11-{day}", credit=moved > 0),)
    data = camt(*lines, opening=opening, closing=closing, number=f"{day} {opening}")
    take_in(ours, data, f"{day}.xml", by=person())


def broken(ours: BankAccount) -> list[tuple[str, str, str]]:
    return [(one.before.name, one.statement.name, one.missing.amount) for one in breaks_of(ours)]


@pytest.mark.django_db
def test_statements_that_join_are_no_break_in_whatever_order_and_format_they_come() -> None:
    ours = our_account()
    told(ours, "12", "30.00", "25.00")
    told(ours, "10", "0.00", "10.00")
    told(ours, "11", "10.00", "20.00")
    told(ours, "11", "20.00", "30.00")  # the second part of the day
    lines = [":61:2611101110C10,00NTRFNONREF//10 0.00", ":86:again"]
    take_in(ours, mt940(lines, opening="C261109CNY0,00", closing="C261110CNY10,00"), "10.sta", by=person())
    assert broken(ours) == []


@pytest.mark.django_db
def test_an_opening_balance_of_nothing_is_one() -> None:
    """The first statement of a new account adds up like any other."""
    with pytest.raises(BadInput, match="Opening balance and entries make"):
        take_in(our_account(), camt(entry("5.00"), opening="0.00", closing="9.00"), "s.xml", by=person())


@pytest.mark.django_db
def test_a_statement_that_is_missing_shows_with_what_it_would_tell() -> None:
    ours, mei = our_account(), make_staff()
    told(ours, "10", "0.00", "10.00")
    told(ours, "20", "7.00", "9.00")
    told(ours, "21", "9.00", "11.00")
    assert broken(ours) == [("10.xml", "20.xml", "-3.00")]
    for language, words in (("en", "A statement doesn"), ("zh-hans", "10.xml")):
        page = mei.client(language).get(reverse("console:bank_account", args=[ours.public_id])).content.decode()
        assert words in page
    told(ours, "15", "10.00", "7.00")
    assert broken(ours) == []


@pytest.mark.django_db
def test_a_statement_that_begins_within_the_one_before_it_is_a_break() -> None:
    ours = our_account()
    both = (entry("5.00", ref="1", day="2026-11-10"), entry("5.00", ref="2", day="2026-11-15"))
    told(ours, "15", "0.00", "10.00", *both)
    told(ours, "15", "8.00", "9.00")
    assert broken(ours) == [("15.xml", "15.xml", "-2.00")]


@pytest.mark.commits
def test_a_number_that_two_give_away_at_once_is_one_buyers_and_the_other_is_told() -> None:
    ours, companies = our_account(), [buyer("One"), buyer("Two"), buyer("Three")]
    people, gate = [person() for _each in companies], threading.Barrier(len(companies))

    def give(number: int) -> str:
        connection.ensure_connection()
        try:
            gate.wait()
            open_virtual(ours, companies[number], "DE75512108001245126199", by=people[number])
        except BadInput as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(companies)) as pool:
        answers = sorted(pool.map(give, range(len(companies))))
    assert answers[0] == ""
    assert all("belongs to somebody already" in words for words in answers[1:])
    assert VirtualAccount.objects.count() == 1
