"""Gateways' own statements beside our books: every difference found once and named, no other; worked by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from caigou.accounts.models import Company
from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.kernel import clock
from caigou.kernel.actor import SYSTEM
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import balance, open_account
from caigou.payments.bank.models import BankLine, LineStatus
from caigou.payments.bank.tests.banking import arrive, at_our_bank, last_line, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.models import Recharge
from caigou.payments.ports import ReportRefused, Settled
from caigou.payments.refunds.models import Refund
from caigou.payments.refunds.services.ask import agree_refund, ask_refund
from caigou.payments.services.recharge import record
from caigou.payments.settlements.models import GatewayDifference, GatewayReport, GatewayRow
from caigou.payments.settlements.plain import HEADER, read_plain, write_plain
from caigou.payments.settlements.services.fetch import intend_missing
from caigou.payments.settlements.services.resolve import answer_resolution, ask_resolution
from caigou.payments.settlements.services.take_in import Taken, take_in_report
from caigou.payments.tests.far_gateway import FarSide
from caigou.payments.tests.purses import books_balance, buyer, cny, of, purse, said, started

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
ZERO = cny("0")


@pytest.fixture
def hotel() -> Company:
    return buyer("Park")


@pytest.fixture
def noon(far: FarSide) -> Iterator[None]:
    with clock.frozen(NOON):
        yield


def paid(hotel: Company, far: FarSide, amount: str = "100") -> Recharge:
    recharge = started(hotel, cny(amount), "far")
    far.decide(recharge.public_id, "paid", recharge.amount)
    return record(recharge.pk, said(recharge))


def sent_back(recharge: Recharge, amount: str) -> Refund:
    refund = ask_refund(recharge.pk, cny(amount), fallback="wallet", by=of(recharge.company))
    agree_refund(refund.pk, by=person())
    make_due()
    refund.refresh_from_db()
    assert refund.status == "done"
    return refund


def charge(recharge: Recharge, fee: str = "0.60", day: date = DAY) -> Settled:
    return Settled("charge", recharge.public_id, f"ch-{recharge.pk}", day, recharge.amount, cny(fee))


def back(refund: Refund, day: date = DAY) -> Settled:
    return Settled("refund", refund.public_id, f"re-{refund.pk}", day, -refund.amount, ZERO)


def payout(amount: str, reference: str = "FAR20261118CNY") -> Settled:
    return Settled("payout", reference, "", DAY, -cny(amount), ZERO)


def take(*rows: Settled, day: date = DAY) -> Taken:
    return take_in_report("far", day, write_plain(rows), by=SYSTEM)


def clearing() -> str:
    return balance(open_account("gateway_clearing", "far", "CNY")).posted.amount


def charges() -> str:
    return balance(open_account("charges", "platform", "CNY")).posted.amount


def kinds() -> list[tuple[str, str]]:
    return sorted((one.kind, one.name) for one in GatewayDifference.objects.exclude(status="resolved"))


def test_a_day_that_agrees_books_the_fee_and_the_payout_closes_clearing(
    hotel: Company, far: FarSide, noon: None
) -> None:
    ours, recharge = our_account(), paid(hotel, far)
    refund = sent_back(recharge, "40")
    taken = take(charge(recharge), back(refund), payout("59.40"))
    assert (taken.rows, taken.differences, clearing(), charges()) == (3, 0, "59.40", "0.60")
    arrive(ours, entry("59.40", ref="1", text="Settlement FAR20261118CNY", name="Far Payments"))
    assert (last_line().status, clearing(), at_our_bank(ours)) == (LineStatus.GATEWAY, "0.00", "59.40")
    assert take(charge(recharge), back(refund), payout("59.40")).rows == 0, "taken in twice"
    assert (clearing(), charges(), purse(hotel)[0]) == ("0.00", "0.60", "60.00")
    assert books_balance()


def test_a_payout_that_the_bank_told_first_leaves_suspense(hotel: Company, far: FarSide, noon: None) -> None:
    ours, recharge = our_account(), paid(hotel, far)
    arrive(ours, entry("99.40", ref="1", text="FAR20261118CNY"), entry("99.40", ref="2", text="Another"))
    assert {line.status for line in BankLine.objects.all()} == {LineStatus.SUSPENSE}
    take(charge(recharge), payout("99.40"))
    assert sorted(line.status for line in BankLine.objects.all()) == ["gateway", "suspense"]
    assert (clearing(), at_our_bank(ours)) == ("0.00", "198.80")
    assert books_balance()


def test_a_payout_of_another_sum_or_name_is_nobodys(hotel: Company, far: FarSide, noon: None) -> None:
    ours, recharge = our_account(), paid(hotel, far)
    take(charge(recharge), payout("99.40"))
    arrive(ours, entry("99.39", ref="1", text="FAR20261118CNY"), entry("99.40", ref="2", text="FAR20261119CNY"))
    assert {line.status for line in BankLine.objects.all()} == {LineStatus.SUSPENSE}
    assert GatewayRow.objects.get(kind="payout").line is None


@pytest.mark.slow
def test_every_planted_difference_is_found_and_named_and_no_other(hotel: Company, far: FarSide, noon: None) -> None:
    dice = random.Random(20261123)
    recharges = [paid(hotel, far, f"{dice.randint(1, 99)}.{n:02}") for n in range(36)]
    rows = [charge(one, f"0.{n:02}") for n, one in enumerate(recharges)]
    planted: list[tuple[str, str]] = []
    gone: list[Settled] = []
    for n, at in enumerate(dice.sample(range(36), 24)):
        kind = ("missing", "extra", "duplicate", "currency", "amount", "date")[n % 6]
        row = rows[at]
        planted.append((kind, row.reference))
        match kind:
            case "missing":
                gone.append(row)
            case "extra":
                Recharge.objects.filter(public_id=row.reference).update(status="failed")
            case "duplicate":
                rows.append(row)
            case "currency":
                rows[at] = replace(row, amount=Money(row.amount.minor, "USD"), fee=Money(0, "USD"))
            case "amount":
                rows[at] = replace(row, amount=row.amount + Money(dice.randint(1, 500), "CNY"))
            case "date":
                rows[at] = replace(row, day=DAY + timedelta(days=dice.choice((-5, 3))))
    stranger = Settled("charge", "nobodys", "ch-x", DAY, cny("5"), ZERO)
    rows = [row for row in [*rows, stranger] if row not in gone]
    dice.shuffle(rows)

    assert take(*rows).differences == 21, "those that are missing may come with the next day's report"
    next_day = take(day=DAY + timedelta(days=1))

    assert next_day.differences == 4
    assert kinds() == sorted([*planted, ("extra", "nobodys")])
    take(day=DAY + timedelta(days=2))
    assert len(kinds()) == 25, "found twice"


def test_what_comes_a_day_later_is_no_difference(hotel: Company, far: FarSide, noon: None) -> None:
    early, late = paid(hotel, far), paid(hotel, far)
    take(charge(early))
    take(charge(late, day=DAY + timedelta(days=1)), day=DAY + timedelta(days=1))
    assert kinds() == []


def test_a_gap_between_reports_makes_nothing_missing_and_what_comes_later_closes_it(
    hotel: Company, far: FarSide, noon: None
) -> None:
    recharge = paid(hotel, far)
    take(day=DAY + timedelta(days=2))
    take()
    assert kinds() == [], "a report between them isn't here yet"
    take(day=DAY + timedelta(days=1))
    assert kinds() == [("missing", recharge.public_id)]
    take(charge(recharge, day=DAY + timedelta(days=3)), day=DAY + timedelta(days=3))
    assert [found for found in kinds() if found[0] == "missing"] == []


def test_the_same_row_in_a_later_report_is_told_twice(hotel: Company, far: FarSide, noon: None) -> None:
    recharge = paid(hotel, far)
    take(charge(recharge))
    take(charge(recharge), day=DAY + timedelta(days=1))
    assert kinds() == [("duplicate", recharge.public_id)]


def test_a_charge_that_we_missed_is_asked_about_and_closed_by_the_next_report(
    hotel: Company, far: FarSide, noon: None
) -> None:
    recharge = started(hotel, cny("100"), "far")
    far.decide(recharge.public_id, "paid", cny("100"))
    take(charge(recharge))
    assert kinds() == [("extra", recharge.public_id)]
    make_due()
    assert purse(hotel)[0] == "100.00"
    take(day=DAY + timedelta(days=1))
    assert kinds() == []


# --- Worked by hand -----------------------------------------------------------------------------------------------


def stranger(amount: str = "50") -> GatewayDifference:
    """A charge at the gateway that nobody here knows of."""
    take(Settled("charge", "nobodys", "ch-x", DAY, cny(amount), ZERO))
    return GatewayDifference.objects.get()


def test_money_of_nobody_is_credited_to_the_company_that_paid_it_once(hotel: Company, far: FarSide, noon: None) -> None:
    found = stranger()
    with pytest.raises(BadInput):
        ask_resolution(found.pk, "credit", reason="Their slip.", by=person())
    ask_resolution(found.pk, "credit", reason="Their slip.", company=hotel, by=person())
    assert (purse(hotel)[0], clearing(), kinds()) == ("50.00", "50.00", [])
    with pytest.raises(BadInput):
        ask_resolution(found.pk, "credit", reason="Once more.", company=hotel, by=person())
    assert books_balance()


def test_a_charge_that_the_gateway_will_credit_or_has_credited_is_never_credited_by_hand_too(
    hotel: Company, far: FarSide, noon: None
) -> None:
    recharge = started(hotel, cny("100"), "far")
    far.decide(recharge.public_id, "paid", cny("100"))
    take(charge(recharge))
    found = GatewayDifference.objects.get()
    for how in ("credit", "charge"):
        with pytest.raises(BadInput, match="own answer"):
            ask_resolution(found.pk, how, reason="It is theirs.", company=hotel, by=person())
    make_due()
    for how in ("credit", "charge"):
        with pytest.raises(BadInput, match="own answer"):
            ask_resolution(found.pk, how, reason="It is theirs.", company=hotel, by=person())
    assert (purse(hotel)[0], clearing(), charges()) == ("100.00", "99.40", "0.60")


def test_a_charge_of_another_sum_is_credited_by_hand_and_not_once_more_by_its_recharge(
    hotel: Company, far: FarSide, noon: None
) -> None:
    recharge = started(hotel, cny("100"), "far")
    take(replace(charge(recharge), amount=cny("90")))
    found = GatewayDifference.objects.get()
    ask_resolution(found.pk, "credit", reason="They paid less.", company=hotel, by=person())
    assert record(recharge.pk, said(recharge)).status == "failed"
    assert purse(hotel)[0] == "90.00"
    assert books_balance()


def test_a_refund_that_the_gateway_will_answer_is_not_booked_by_hand_too(
    hotel: Company, far: FarSide, noon: None
) -> None:
    refund = ask_refund(paid(hotel, far).pk, cny("40"), fallback="wallet", by=of(hotel))
    agree_refund(refund.pk, by=person())
    take(back(refund))
    found = GatewayDifference.objects.get(kind="extra")
    with pytest.raises(BadInput, match="own answer"):
        ask_resolution(found.pk, "charge", reason="They sent it.", by=person())


def test_a_smaller_sum_than_ours_is_a_charge_of_ours(hotel: Company, far: FarSide, noon: None) -> None:
    recharge = paid(hotel, far)
    take(replace(charge(recharge), amount=cny("99.50")))
    ask_resolution(GatewayDifference.objects.get().pk, "charge", reason="They keep a part.", by=person())
    assert (clearing(), charges(), purse(hotel)[0]) == ("98.90", "1.10", "100.00")
    assert books_balance()


def test_a_large_sum_takes_two_and_halves_of_it_too(hotel: Company, far: FarSide, noon: None) -> None:
    mei = person()
    take(*(Settled("charge", f"nobodys-{n}", "", DAY, cny("2600"), ZERO) for n in range(2)))
    first, second = (
        ask_resolution(one.pk, "credit", reason="Their slip.", company=hotel, by=mei)
        for one in GatewayDifference.objects.order_by("pk")
    )
    assert (first.status, second.status, purse(hotel)[0]) == ("resolved", "waiting", "2600.00")
    with pytest.raises(NotAllowed):
        answer_resolution(second.pk, agree=True, by=mei)
    assert answer_resolution(second.pk, agree=False, by=person()).status == "open"
    ask_resolution(second.pk, "credit", reason="Their slip.", company=hotel, by=mei)
    answer_resolution(second.pk, agree=True, by=person())
    assert purse(hotel)[0] == "5200.00"


def test_what_moves_nothing_is_explained_by_one(hotel: Company, far: FarSide, noon: None) -> None:
    found = stranger("9000")
    assert ask_resolution(found.pk, "explained", reason="A test of theirs.", by=person()).status == "resolved"
    assert clearing() == "0.00"
    with pytest.raises(NotAllowed):
        ask_resolution(found.pk, "explained", reason="It is ours.", by=of(hotel))


# --- Files --------------------------------------------------------------------------------------------------------


def test_another_report_of_the_same_day_is_refused_whole(hotel: Company, far: FarSide, noon: None) -> None:
    recharge = paid(hotel, far)
    take(charge(recharge))
    with pytest.raises(ReportRefused):
        take(charge(recharge, "0.61"))
    assert (GatewayReport.objects.count(), GatewayRow.objects.count()) == (1, 1)


def test_what_a_report_said_is_written_once(hotel: Company, far: FarSide, noon: None) -> None:
    take(charge(paid(hotel, far)))
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        GatewayRow.objects.update(amount_minor=1)


def test_a_table_is_read_as_it_was_written() -> None:
    rows = [
        Settled("charge", "a", "ch", DAY, cny("100"), cny("0.60")),
        Settled("fee", "", "inv", DAY, Money(-5, "JPY"), Money(0, "JPY")),
    ]
    assert read_plain(write_plain(rows)) == rows


@pytest.mark.parametrize(
    "line",
    [
        "charge,a,b,2026-11-18,CNY,-1.00,0",
        "refund,a,b,2026-11-18,CNY,1.00,0",
        "charge,a,b,2026-11-18,CNY,0,0",
        "charge,a,b,2026-11-18,CNY,1.005,0",
        "charge,a,b,2026-11-18,CNY,1e3,0",
        "charge,a,b,2026-11-18,CNY,1.00,-1.00",
        "charge,a,b,2026-11-18,PTS,1,0",
        "charge,a,b,18.11.2026,CNY,1.00,0",
        "gift,a,b,2026-11-18,CNY,1.00,0",
        "charge,a,b",
    ],
)
def test_a_line_at_fault_is_named(line: str) -> None:
    with pytest.raises(ReportRefused) as refused:
        read_plain(f"{','.join(HEADER)}\n{line}\n".encode())
    assert "2" in refused.value.faults[0]


@pytest.mark.parametrize("data", [b"", b"\xff\xfea", b"a\0b", b"<html>", b"type,amount\ncharge,1\n"])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(ReportRefused):
        read_plain(data)


def test_days_that_are_over_are_fetched_until_they_are_here(hotel: Company, far: FarSide) -> None:
    with clock.frozen(NOON):
        recharge = paid(hotel, far)
    with clock.frozen(NOON + timedelta(days=2)):
        assert intend_missing() == 2
        assert intend_missing() == 0, "asked for twice"
        make_due()
        assert GatewayReport.objects.count() == 0, "the far side has made none yet"
        far.reports |= {DAY: write_plain([charge(recharge)]), DAY + timedelta(days=1): write_plain([])}
    for call in Call.objects.filter(done_at=None):
        with clock.frozen(max(call.due_at, NOON + timedelta(days=2))):
            make_due()
    with clock.frozen(NOON + timedelta(days=2)):
        assert (GatewayReport.objects.count(), kinds(), intend_missing()) == (2, [], 0)
