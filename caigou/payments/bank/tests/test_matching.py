"""Each line of a statement is stored once, matched by the surest rung, and posted exactly once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from caigou.accounts.models import Company
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.ledger.services import audit, balance, find_account, freeze
from caigou.payments.bank.formats.reasons import StatementRefused
from caigou.payments.bank.models import (
    BankAccount,
    BankLine,
    BankStatement,
    LineStatus,
    StatementColumns,
    TransferStatus,
    Verdict,
)
from caigou.payments.bank.models.statements import Rung
from caigou.payments.bank.references import grouped, with_check
from caigou.payments.bank.services.accounts import (
    AccountDetails,
    close_account,
    confirm_account,
    open_virtual,
    propose_account,
)
from caigou.payments.bank.services.announce import announce_transfer, cancel_transfer
from caigou.payments.bank.services.match import match_line, match_new
from caigou.payments.bank.services.posting import in_suspense
from caigou.payments.bank.services.take_in import take_in
from caigou.payments.bank.tests.banking import (
    OURS,
    announced,
    arrive,
    at_our_bank,
    cny,
    has,
    last_line,
    our_account,
    person,
)
from caigou.payments.bank.tests.written import IBAN, camt, entry
from caigou.payments.models import RequestStatus
from caigou.payments.services.ask import meet
from caigou.payments.services.recharge import RECHARGE_RULES
from caigou.payments.services.wallet import wallet_account
from caigou.payments.tests.purses import ask, buyer

pytestmark = pytest.mark.django_db
VIRTUAL = "DE75512108001245126199"


@pytest.fixture
def ours() -> BankAccount:
    return our_account()


@pytest.fixture
def park() -> Company:
    return buyer("Park Hotels Pty Ltd")


def seen() -> tuple[str, str, str]:
    line = last_line()
    return line.status, line.verdict, line.rung


# --- Our accounts -------------------------------------------------------------------------------------------------


def test_nobody_alone_can_make_an_account_that_buyers_pay_to(park: Company) -> None:
    mei = person()
    proposed = propose_account(OURS, reason="The bank opened it.", by=mei)
    with pytest.raises(BadInput):
        announce_transfer(park, cny("10.00"), by=person(company=park))
    with pytest.raises(NotAllowed):
        confirm_account(proposed.pk, by=mei)
    with pytest.raises(IntegrityError, match="bank_account_by_two"), transaction.atomic():
        BankAccount.objects.filter(pk=proposed.pk).update(status="open", confirmed_by=mei.user_id)
    assert confirm_account(proposed.pk, by=person()).status == "open"


def test_details_of_an_account_never_change(ours: BankAccount) -> None:
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        BankAccount.objects.filter(pk=ours.pk).update(number=VIRTUAL)
    close_account(ours.pk, reason="The bank changed.", by=person())
    assert propose_account(OURS, reason="Open again.", by=person()).pk != ours.pk


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "DE89370400440532013001"), ("number", "1"), ("bic", "NOPE"), ("country", "D"), ("currency", "PTS")],
)
def test_wrong_details_are_refused_by_name(field: str, value: str) -> None:
    details = {name: getattr(OURS, name) for name in OURS.__slots__} | {field: value}
    with pytest.raises(BadInput) as refused:
        propose_account(AccountDetails(**details), reason="Because.", by=person())
    assert field in refused.value.fields


# --- The ladder ---------------------------------------------------------------------------------------------------


def test_a_transfer_under_its_reference_is_credited_and_what_waits_is_paid(ours: BankAccount, park: Company) -> None:
    waits = ask(park, cny("1500.00"), "waits")
    transfer = announced(park, "1500.50")

    arrive(ours, entry("1500.50", ref="B1", rf=transfer.reference))

    transfer.refresh_from_db()
    assert seen() == (LineStatus.CREDITED, Verdict.EXACT, Rung.REFERENCE)
    assert (transfer.status, transfer.arrived) == (TransferStatus.MET, cny("1500.50"))
    assert meet(waits.pk).status == RequestStatus.HELD
    assert (has(park), at_our_bank(ours), audit()) == ("1500.50", "1500.50", [])


@pytest.mark.parametrize("kind", ["053", "054"])
def test_the_same_entry_is_credited_once_in_whatever_file_it_comes(ours: BankAccount, park: Company, kind: str) -> None:
    paid = entry("70.00", ref="B1", rf=announced(park, "70.00").reference)
    arrive(ours, paid)
    again = take_in(ours, camt(paid, kind=kind, number="S-2"), "again.xml", by=person())
    take_in(ours, camt(paid, kind=kind, number="S-2"), "again.xml", by=person())
    match_new()
    assert (again.lines_new, again.lines_known, has(park)) == (0, 1, "70.00")
    assert BankStatement.objects.count() == 2
    assert match_line(last_line().pk) is False


def test_a_reference_inside_what_the_payer_wrote_is_found(ours: BankAccount, park: Company) -> None:
    written = f"invoice 12 {grouped(announced(park, '5.00').reference).lower()} thanks"
    arrive(ours, entry("5.00", text=written))
    assert seen() == (LineStatus.CREDITED, Verdict.EXACT, Rung.REFERENCE)


def test_less_and_more_than_announced_is_credited_and_named(ours: BankAccount, park: Company) -> None:
    transfer = announced(park, "100.00")
    for amount, verdict, status in (("60.00", Verdict.SHORT, "short"), ("50.00", Verdict.OVER, "over")):
        arrive(ours, entry(amount, ref=amount, rf=transfer.reference), number=amount)
        transfer.refresh_from_db()
        assert (last_line().verdict, transfer.status) == (verdict, status)
    assert (transfer.beyond, has(park)) == (cny("10.00"), "110.00")


def test_a_virtual_account_is_one_buyers_whatever_the_sum(ours: BankAccount, park: Company) -> None:
    open_virtual(ours, park, VIRTUAL, by=person())
    arrive(ours, entry("33.00", to=VIRTUAL, name="Somebody Else"))
    assert (seen(), has(park)) == ((LineStatus.CREDITED, "", Rung.VIRTUAL), "33.00")
    with pytest.raises(BadInput):
        open_virtual(ours, buyer("Other"), VIRTUAL, by=person())


def test_sum_and_name_together_are_enough_and_each_alone_is_not(ours: BankAccount, park: Company) -> None:
    transfer = announced(park, "40.00")
    arrive(ours, entry("40.00", name="Somebody Else"), number="1")
    arrive(ours, entry("41.00", name="PARK HOTELS PTY. LTD."), number="2")
    assert {*BankLine.objects.values_list("status", flat=True)} == {LineStatus.SUSPENSE}
    arrive(ours, entry("40.00", name="PARK HOTELS PTY. LTD.", ref="x"), number="3")
    transfer.refresh_from_db()
    assert (seen(), transfer.status) == ((LineStatus.CREDITED, Verdict.EXACT, Rung.AMOUNT_NAME), "met")


def test_two_companies_that_fit_are_not_guessed_between(ours: BankAccount, park: Company) -> None:
    announced(park, "40.00")
    announced(buyer("Park Hotels Ltd"), "40.00")
    arrive(ours, entry("40.00", name="Park Hotels"))
    assert seen() == (LineStatus.SUSPENSE, Verdict.SEVERAL, "")
    assert balance(in_suspense(last_line())).posted == cny("40.00")


def test_a_name_that_two_companies_have_says_nothing_even_if_one_of_them_waits(
    ours: BankAccount, park: Company
) -> None:
    announced(buyer("Park-Hotels Ltd"), "40.00")
    arrive(ours, entry("40.00", name="PARK HOTELS PTY LTD"))
    assert seen() == (LineStatus.SUSPENSE, Verdict.NO_MATCH, "")


def test_what_nobody_can_be_known_for_waits_in_suspense_by_name(
    ours: BankAccount, park: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RECHARGE_RULES, "_answers", {})  # without a rate for dollars, one of them asks for papers
    cancelled = announced(park, "9.00")
    cancel_transfer(cancelled.pk, by=person())
    other = our_account("USD", VIRTUAL)
    in_dollars = announced(park, "8.00", "USD")
    for text, verdict in (
        ("", Verdict.NO_MATCH),
        (with_check("NOBODYS"), Verdict.WRONG_REFERENCE),
        (cancelled.reference, Verdict.CANCELLED),
        (in_dollars.reference, Verdict.WRONG_CURRENCY),
    ):
        arrive(ours, entry("8.00", ref=f"R{verdict}", text=text), number=verdict)
        assert seen() == (LineStatus.SUSPENSE, verdict, "")
    assert (at_our_bank(ours), at_our_bank(other), has(park), audit()) == ("32.00", "0.00", "0.00", [])


def test_a_frozen_wallet_takes_money_in(ours: BankAccount, park: Company) -> None:
    freeze(wallet_account(park, "CNY"), reason="Reported as lost.", by=person())
    arrive(ours, entry("5.00", rf=announced(park, "5.00").reference))
    assert has(park) == "5.00"


# --- Taken back ---------------------------------------------------------------------------------------------------


def test_a_credit_that_the_bank_takes_back_leaves_the_wallet(ours: BankAccount, park: Company) -> None:
    transfer = announced(park, "50.00")
    arrive(ours, entry("50.00", ref="B1", rf=transfer.reference))
    arrive(ours, entry("50.00", ref="B2", rf=transfer.reference, credit=False, returns="AC04"), number="2")
    transfer.refresh_from_db()
    assert seen()[:2] == (LineStatus.TAKEN_BACK, Verdict.REVERSED)
    assert (has(park), at_our_bank(ours), transfer.status) == ("0.00", "0.00", "returned")


def test_what_was_spent_before_the_bank_took_it_back_is_a_debt(ours: BankAccount, park: Company) -> None:
    transfer = announced(park, "50.00")
    arrive(ours, entry("50.00", ref="B1", rf=transfer.reference))
    ask(park, cny("30.00"), "spent")
    arrive(ours, entry("50.00", ref="B2", rf=transfer.reference, credit=False, returns="AC04"), number="2")
    debt = find_account("receivable", park.public_id, "CNY")
    assert debt is not None
    assert (last_line().verdict, balance(debt).posted, at_our_bank(ours)) == (Verdict.SPENT, cny("30.00"), "0.00")
    assert audit() == []


def test_a_debit_that_nobody_ordered_moves_nothing_and_waits(ours: BankAccount) -> None:
    arrive(ours, entry("3.00", ref="F1", credit=False, text="Fee"))
    assert seen()[:2] == (LineStatus.OPEN, Verdict.UNEXPLAINED)
    assert at_our_bank(ours) == "0.00"


# --- Files --------------------------------------------------------------------------------------------------------

CSV = b"Date,Credit,Debit,Balance,Description\n2026-11-20,5.00,,5.00,hello\n"


def test_the_columns_of_a_table_are_named_once(ours: BankAccount) -> None:
    from caigou.payments.bank.formats.tables import guessed

    first = take_in(ours, CSV, "a.csv", by=person())
    assert first.unnamed is not None
    assert not BankLine.objects.exists()
    take_in(ours, CSV, "a.csv", by=person(), meaning=guessed(first.unnamed))
    later = CSV.replace(b"11-20", b"11-21")
    assert take_in(ours, later, "b.csv", by=person()).lines_new == 1
    assert StatementColumns.objects.count() == 1


def test_a_file_of_another_account_or_currency_takes_nothing_in(ours: BankAccount) -> None:
    for data, code in (
        (camt(entry("1.00"), iban=VIRTUAL), "other_account"),
        (camt(entry("1.00", currency="EUR")), "other_currency"),
    ):
        with pytest.raises(StatementRefused) as refused:
            take_in(ours, data, "x.xml", by=person())
        assert refused.value.code == code
    assert not BankStatement.objects.exists()


def test_what_the_bank_said_never_changes(ours: BankAccount) -> None:
    arrive(ours, entry("1.00"))
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        BankLine.objects.update(amount_minor=2)


def test_only_staff_take_statements_in(ours: BankAccount, park: Company) -> None:
    with pytest.raises(NotAllowed):
        take_in(ours, camt(entry("1.00"), iban=IBAN), "x.xml", by=person(company=park))
