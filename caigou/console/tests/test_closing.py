"""The trial balance as of a day, and the close of a month: two persons, for good, and what comes after goes on."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, ChangedMeanwhile, NotAllowed
from caigou.kernel.money import CURRENCIES, Money
from caigou.ledger.models import BooksReport
from caigou.ledger.services import PeriodClosed, audit, closed_until, seal_journals
from caigou.ledger.tests.world import cny, new, pay, wallet
from caigou.ledger.trial import trial_balance, trial_balance_at
from caigou.payments.bank.models import LineStatus
from caigou.payments.bank.tests.banking import arrive, last_line, our_account
from caigou.payments.bank.tests.written import entry
from caigou.payments.models import Recharge
from caigou.payments.tests.purses import buyer
from caigou.statements.closing.checks import checks_of
from caigou.statements.closing.months import month_to_close, months_of_books
from caigou.statements.closing.services import confirm_close, propose_close, refuse_close
from caigou.statements.models import MonthClose, Series
from tests.support.factories import Party, make_staff
from tests.support.world import colleague_of

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def mei() -> Party:
    return make_staff()


@pytest.fixture
def lin(mei: Party) -> Party:
    """A second person of finance."""
    return colleague_of(mei)


@pytest.fixture
def two_months() -> None:
    """¥100 recharged in August, ¥20 in September; sealed, and checked this month."""
    for month, minor in ((8, 100_00), (9, 20_00)):
        with frozen(datetime(2026, month, 15, tzinfo=UTC)):
            wallet(minor)
    seal_journals(all_of_them=True)
    BooksReport.objects.create(day=now().date(), checked_at=now(), balanced=True, report={"checks": {}})


def broken(month: date) -> set[str]:
    return {check.name for check in checks_of(month) if not check.holds}


def send(party: Party, month: str, **form: Any) -> Any:
    return party.client().post(reverse("console:month", args=[month]), form, follow=True).content.decode()


def close(month: date, mei: Party, lin: Party) -> MonthClose:
    proposed = propose_close(month, reason="Nothing is carried.", by=mei.actor)
    return confirm_close(month, seen=proposed.digest, by=lin.actor)


# --- As of a day --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two_months")
def test_the_trial_balance_of_a_day_has_what_had_happened_by_then(mei: Party) -> None:
    def rows(day: str) -> list[list[str]]:
        answer = mei.client().get(reverse("console:trial_csv"), {"on": day})
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]

    assert rows("2026-07-31") == []
    assert rows("2026-08-31") == [
        ["2026-08-31", "CNY", "gateway_clearing", "100.00", "0.00", "100.00", "0.00", "0.00"],
        ["2026-08-31", "CNY", "wallet", "0.00", "100.00", "0.00", "100.00", "0.00"],
    ]
    assert [row[4] for row in rows("2026-09-30")] == ["0.00", "120.00"]
    for language, words in (("en", "summed from the transfers"), ("zh-hans", "CNY")):
        page = mei.client(language).get(reverse("console:trial"), {"on": "2026-08-31"}).content.decode()
        assert words in page
        assert "100.00" in page
    assert page.count('data-label="借方发生额"') == 3  # beside each sum, where a phone shows no heads
    assert mei.client().get(reverse("console:trial"), {"on": "0000-99-99"}).status_code == 200


def test_the_trial_balance_of_now_is_that_of_the_balance_rows() -> None:
    from caigou.ledger.services import capture, hold, release

    payer, escrow = wallet(100_00), new("escrow")
    first, second = (
        hold(payer, escrow, cny(minor), purpose="test", source=str(minor), by=SYSTEM) for minor in (30_00, 20_00)
    )
    capture(first, purpose="test.captured", source="1", by=SYSTEM, amount=cny(10_00))
    release(second, purpose="test.released", source="2", by=SYSTEM)
    assert trial_balance_at(now()) == [line for line in trial_balance() if line.debits or line.credits or line.held]


# --- Months -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two_months")
def test_a_month_is_closed_by_two_and_takes_nothing_any_more(mei: Party, lin: Party) -> None:
    assert month_to_close() == AUGUST
    assert "Proposed." in send(mei, "2026-08", do="propose", reason="Nothing is carried.")
    seen = MonthClose.objects.get().digest
    assert "second person" in send(mei, "2026-08", do="close", seen=seen)
    assert "Closed, for good." in send(lin, "2026-08", do="close", seen=seen)

    closed = MonthClose.objects.get()
    assert (closed.status, closed.proposed_by, closed.decided_by) == ("closed", mei.user, lin.user)
    assert {closed_until(currency) for currency in CURRENCIES} == {datetime(2026, 9, 1, tzinfo=UTC)}
    with pytest.raises(PeriodClosed), transaction.atomic():
        pay(wallet(5_00), new("wallet"), 1_00, effective_at=datetime(2026, 8, 31, tzinfo=UTC))
    assert confirm_close(AUGUST, seen=seen, by=lin.actor) == closed
    assert (month_to_close(), audit()) == (SEPTEMBER, [])
    for language, seal in (("en", "Closed"), ("zh-hans", "结")):
        page = lin.client(language).get(reverse("console:month", args=["2026-08"])).content.decode()
        assert seal in page
        assert "100.00" in page
    assert "Kim Caigou" in lin.client().get(reverse("console:months")).content.decode()


@pytest.mark.usefixtures("two_months")
def test_a_month_is_not_closed_before_what_must_hold_holds(mei: Party) -> None:
    assert broken(AUGUST) == set()
    assert broken(SEPTEMBER) == {"order"}
    assert "ended" in broken(now().date().replace(day=1))
    with frozen(datetime(2026, 8, 20, tzinfo=UTC)):
        wallet(1_00)
    assert broken(AUGUST) == {"seals"}
    seal_journals(all_of_them=True)
    Series.objects.create(code="INV", year=2026, last=1)
    assert broken(AUGUST) == {"numbers"}
    BooksReport.objects.update(report={"checks": {"no_overdraft": [{"subject": "x", "detail": "y"}]}})
    assert broken(AUGUST) == {"numbers", "books"}
    with pytest.raises(BadInput, match="numbered without a gap"):
        propose_close(AUGUST, reason="All is well.", by=mei.actor)
    page = mei.client().get(reverse("console:month", args=["2026-08"])).content.decode()
    assert "Mend what stands in red first." in page
    BooksReport.objects.update(checked_at=datetime(2026, 8, 31, tzinfo=UTC), report={"checks": {}})
    assert "books" in broken(AUGUST)


@pytest.mark.usefixtures("two_months")
def test_what_is_open_is_carried_with_a_reason(mei: Party, lin: Party) -> None:
    ours = our_account()
    arrive(ours, entry("7.00", ref="1", day="2026-08-20"))
    Recharge.objects.create(
        company=buyer(), gateway="sandbox", currency="CNY", amount_minor=1, status="unknown",
        started_at=datetime(2026, 8, 1, tzinfo=UTC),
    )  # fmt: skip
    seal_journals(all_of_them=True)
    assert broken(AUGUST) == {"suspense", "unknown"}
    with pytest.raises(BadInput):
        propose_close(AUGUST, reason=" ", by=mei.actor)
    assert close(AUGUST, mei, lin).checks["suspense"] == 1


@pytest.mark.usefixtures("two_months")
def test_what_was_posted_meanwhile_is_not_closed_unseen(mei: Party, lin: Party) -> None:
    proposed = propose_close(AUGUST, reason="Nothing is carried.", by=mei.actor)
    with frozen(datetime(2026, 8, 20, tzinfo=UTC)):
        wallet(1_00)
    seal_journals(all_of_them=True)
    with pytest.raises(ChangedMeanwhile):
        confirm_close(AUGUST, seen=proposed.digest, by=lin.actor)
    assert closed_until("CNY") is None
    with pytest.raises(BadInput, match="already"):
        propose_close(AUGUST, reason="Once more.", by=lin.actor)
    refuse_close(AUGUST, by=mei.actor)
    assert close(AUGUST, mei, lin).totals[0]["debits"] == 101_00


@pytest.mark.usefixtures("two_months")
def test_a_closed_month_is_never_opened_or_changed(mei: Party, lin: Party) -> None:
    closed = close(AUGUST, mei, lin)
    assert "no longer possible" in send(mei, "2026-08", do="refuse")
    changes: list[dict[str, Any]] = [{"status": "refused"}, {"totals": []}, {"month": SEPTEMBER}]
    for change in changes:
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            MonthClose.objects.filter(pk=closed.pk).update(**change)
    with pytest.raises(NotAllowed):
        propose_close(SEPTEMBER, reason="Why not.", by=SYSTEM)


@pytest.mark.usefixtures("two_months")
def test_a_line_that_the_bank_tells_late_is_posted_in_the_next_month(mei: Party, lin: Party) -> None:
    close(AUGUST, mei, lin)
    arrive(our_account(), entry("7.00", ref="1", day="2026-08-20"))
    assert last_line().status == LineStatus.SUSPENSE
    at_end = {line.kind: line.debits for line in trial_balance_at(datetime(2026, 9, 1, tzinfo=UTC))}
    assert "bank" not in at_end
    later = {line.kind: line.debits for line in trial_balance_at(datetime(2026, 9, 2, tzinfo=UTC))}
    assert later["bank"] == Money(7_00, "CNY")


def test_without_any_posting_there_is_this_month_only(mei: Party) -> None:
    assert months_of_books() == [now().date().replace(day=1)]
    assert mei.client("zh-hans").get(reverse("console:months")).status_code == 200
    for name in ("2026-13", "2999-01", "november"):
        assert mei.client().get(reverse("console:month", args=[name])).status_code == 404
