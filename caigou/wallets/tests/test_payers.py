"""A bank transfer of an announced sum is known by the account that its payer linked (A11, F11)."""

from __future__ import annotations

import pytest

from caigou.payments.bank.models.statements import Rung
from caigou.payments.bank.tests.banking import announced, arrive, last_line, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.tests.purses import buyer
from caigou.wallets.services.instruments import link_instrument, remove_instrument

pytestmark = pytest.mark.django_db
NUMBER = "DE75512108001245126199"


@pytest.mark.parametrize(
    ("payer", "rung"),
    [
        ({"number": NUMBER}, Rung.INSTRUMENT),
        ({"name": "PARK HOTELS GMBH"}, Rung.AMOUNT_NAME),
        ({"number": "DE89370400440532013000", "name": "Somebody"}, ""),
    ],
)
def test_sum_with_linked_number_or_holder_is_enough(payer: dict[str, str], rung: str) -> None:
    ours, park = our_account(), buyer("Park Hotels (Melbourne)")
    mine = person(company=park)
    link_instrument(park, kind="bank", holder="Park Hotels", institution="A", country="DE", number=NUMBER, by=mine)
    announced(park, "40.00")
    arrive(ours, entry("40.00", number=payer.get("number", ""), name=payer.get("name", "")))
    assert last_line().rung == rung


def test_an_account_that_was_unlinked_counts_no_more() -> None:
    ours, park = our_account(), buyer("Park Hotels (Melbourne)")
    mine = person(company=park)
    linked = link_instrument(
        park, kind="bank", holder="Park Hotels", institution="A", country="DE", number=NUMBER, by=mine
    )
    remove_instrument(linked, by=mine)
    announced(park, "40.00")
    arrive(ours, entry("40.00", number=NUMBER))
    assert last_line().status == "suspense"


def test_who_links_somebody_elses_account_gets_none_of_their_money() -> None:
    ours, park, thief = our_account(), buyer("Park Hotels (Melbourne)"), buyer("Quick Trading")
    for company in (park, thief):
        told = {"institution": "A", "country": "DE", "number": NUMBER}
        link_instrument(company, kind="bank", holder=company.name_en, **told, by=person(company=company))
    announced(thief, "40.00")
    arrive(ours, entry("40.00", number=NUMBER))
    assert last_line().status == "suspense", "a number that two companies linked"


def test_a_linked_number_whose_payer_has_quite_another_name_is_not_enough() -> None:
    ours, thief = our_account(), buyer("Quick Trading")
    told = {"institution": "A", "country": "DE", "number": NUMBER}
    link_instrument(thief, kind="bank", holder="Quick Trading", **told, by=person(company=thief))
    announced(thief, "40.00")
    arrive(ours, entry("40.00", number=NUMBER, name="Park Hotels (Melbourne)"))
    assert last_line().status == "suspense"
