"""A covering trade: positions go down by it, its result is booked, and the bank's two lines move nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from caigou.accounts.models import Company
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import PLATFORM, audit, balance, check_books, open_account, post
from caigou.ledger.services import Leg as PostedLeg
from caigou.payments.bank.models import BankAccount, BankLine
from caigou.payments.bank.services.posting import at_bank
from caigou.payments.bank.services.reconcile import look
from caigou.payments.bank.tests.banking import announced, arrive, at_our_bank, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.cover.books import pair_books
from caigou.payments.cover.check import position_findings
from caigou.payments.cover.models import CoverTrade
from caigou.payments.cover.services import answer_cover, enter_cover
from caigou.payments.rates.current import current
from caigou.payments.rates.exchange import ask_quote, confirm
from caigou.payments.rates.quotes import positions
from caigou.payments.rates.table import Leg, Table
from caigou.payments.tests.purses import buyer, fund, of
from tests.support.factories import make_staff
from tests.support.world import colleague_of

pytestmark = pytest.mark.django_db
DOLLARS = "DE02120300000000202051"


def yuan(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "CNY")


def usd(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "USD")


@pytest.fixture(autouse=True)
def rates() -> Iterator[None]:
    """€1 is ¥8 and US$1."""
    today = now().date()
    legs = [Leg("EUR", code, Decimal(figure), today, "ecb") for code, figure in (("CNY", "8"), ("USD", "1"))]
    current.hold(Table.of(legs, today=today, oldest_days=30))
    yield
    current.forget()


@pytest.fixture
def ours() -> tuple[BankAccount, BankAccount]:
    return our_account(), our_account("USD", DOLLARS)


@pytest.fixture
def hotel() -> Company:
    """Gave ¥80.00 for US$10.00."""
    company = buyer("Park")
    fund(company, yuan("100"))
    exchanged(company, yuan("80"), "USD")
    return company


def exchanged(company: Company, sell: Money, buy: str) -> None:
    confirm(company, ask_quote(company, sell, buy, by=of(company)).public_id, by=of(company))


def entered(ours: tuple[BankAccount, BankAccount], sold: str, bought: str, **more: Any) -> CoverTrade:
    values: dict[str, Any] = {
        "day": now().date(),
        "reference": "FX-77",
        "reason": "The week's cover.",
        "by": person(),
    } | more
    return enter_cover(ours[0], yuan(sold), ours[1], usd(bought), **values)


def booked(ours: tuple[BankAccount, BankAccount], sold: str, bought: str, **more: Any) -> CoverTrade:
    return answer_cover(entered(ours, sold, bought, **more).pk, agree=True, by=person())


def brought() -> str:
    return balance(open_account("fx_result", PLATFORM, "USD")).posted.amount


def test_half_a_position_then_all_of_it_with_a_gain_and_a_loss(
    ours: tuple[BankAccount, BankAccount], hotel: Company
) -> None:
    assert positions() == [yuan("80"), usd("-10")]
    assert booked(ours, "40", "5.15").result == usd("0.15")
    assert (positions(), brought()) == ([yuan("40"), usd("-5")], "0.15")
    assert booked(ours, "40", "4.80", reference="FX-78").result == usd("-0.20")
    assert (positions(), pair_books(), brought()) == ([], {}, "-0.05")
    assert (at_our_bank(ours[0]), at_our_bank(ours[1])) == ("-80.00", "9.95")
    assert list(audit()) == []


def test_pairs_add_up_to_the_positions_whichever_way_customers_went(
    ours: tuple[BankAccount, BankAccount], hotel: Company
) -> None:
    exchanged(hotel, usd("3.33"), "CNY")
    exchanged(hotel, yuan("7.77"), "USD")
    booked(ours, "11.11", "1.40")
    [book] = pair_books().values()
    assert sorted(book.values(), key=str) == sorted(positions(), key=str)


def test_check_books_finds_a_position_that_no_exchange_and_no_trade_explains(
    ours: tuple[BankAccount, BankAccount], hotel: Company
) -> None:
    booked(ours, "30", "3.80")
    assert list(position_findings()) == []
    leg = PostedLeg.transfer(open_account("fx_position", PLATFORM, "USD"), at_bank(ours[1]), usd("1"), "slip")
    post("test.slip", "1", [leg], by=SYSTEM)
    [found] = position_findings()
    assert (found.subject, check_books().findings[found.check]) == ("USD", (found,))


@pytest.mark.parametrize(
    ("sold", "bought", "more"),
    [
        ("80.01", "10", {}),
        ("0", "10", {}),
        ("8", "1", {"reference": "-"}),
        ("8", "1", {"reason": ""}),
        ("8", "1", {"day": now().date().replace(year=2999)}),
    ],
)
def test_what_is_wrong_is_refused(
    ours: tuple[BankAccount, BankAccount], hotel: Company, sold: str, bought: str, more: dict[str, Any]
) -> None:
    with pytest.raises(BadInput):
        entered(ours, sold, bought, **more)
    with pytest.raises(BadInput, match="nothing is open"):
        enter_cover(
            ours[1], usd("1"), ours[0], yuan("8"), day=now().date(), reference="FX-1", reason="Why.", by=person()
        )


def test_nobody_books_alone_or_twice_or_what_nobody_saw(ours: tuple[BankAccount, BankAccount], hotel: Company) -> None:
    mei = person()
    trade = entered(ours, "80", "10", by=mei)
    with pytest.raises(NotAllowed):
        answer_cover(trade.pk, agree=True, by=mei)
    with pytest.raises(ChangedMeanwhile):
        answer_cover(trade.pk, agree=True, seen=usd("0.01"), by=person())
    with pytest.raises(BadInput, match="entered already"):
        entered(ours, "80", "10")
    other = entered(ours, "80", "10", reference="FX-78")
    answer_cover(trade.pk, agree=True, seen=usd("0"), by=person())
    with pytest.raises(BadInput):  # less is open by now
        answer_cover(other.pk, agree=True, by=person())
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        CoverTrade.objects.filter(pk=trade.pk).update(sold_minor=1)


@pytest.mark.parametrize("told_first", [True, False])
@pytest.mark.parametrize("text", ["DEAL FX 77", "Exchange"])
def test_the_banks_two_lines_are_the_trades_whichever_comes_first(
    ours: tuple[BankAccount, BankAccount], hotel: Company, told_first: bool, text: str
) -> None:
    def told() -> None:
        day = now().date().isoformat()
        arrive(ours[0], entry("80.00", ref="OUT", credit=False, text=text, day=day))
        arrive(ours[1], entry("10.10", ref="IN", text=text, day=day, currency="USD"), number="2")

    trade = entered(ours, "80", "10.10")
    if told_first:
        told()
    answer_cover(trade.pk, agree=True, by=person())
    if not told_first:
        told()
    assert set(BankLine.objects.values_list("status", flat=True)) == {"cover"}
    assert (at_our_bank(ours[0]), at_our_bank(ours[1]), brought()) == ("-80.00", "10.10", "0.10")
    today = now().date()
    assert [each for account in ours for each in look(account, today, today).differences] == []
    assert list(audit()) == []


@pytest.mark.parametrize("told_first", [True, False])
def test_a_customers_money_is_not_ours_by_its_sum_even_in_another_currency_than_announced(
    ours: tuple[BankAccount, BankAccount], hotel: Company, told_first: bool
) -> None:
    """The hotel announced yuan and sends dollars, just as many as the trade bought."""
    reference = announced(hotel, "80.00").reference
    trade = entered(ours, "80", "10.10")

    def told() -> None:
        day = now().date().isoformat()
        arrive(ours[1], entry("10.10", ref="IN", text=reference, day=day, currency="USD"), number="2")

    if told_first:
        told()
    answer_cover(trade.pk, agree=True, by=person())
    if not told_first:
        told()
    line = BankLine.objects.get()
    assert (line.status, line.verdict) == ("suspense", "wrong_currency")
    assert CoverTrade.objects.get().bought_line is None
    assert list(audit()) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_finance_enters_and_a_second_person_books_on_the_page(
    ours: tuple[BankAccount, BankAccount], hotel: Company, language: str
) -> None:
    mei = make_staff()
    jun = colleague_of(mei)
    form = {"sold_from": ours[0].public_id, "sold": "80", "bought_on": ours[1].public_id, "bought": "10.25"}
    form |= {"do": "enter", "day": now().date().isoformat(), "reference": "FX-77", "reason": "The week's cover."}
    page = reverse("console:cover")
    assert mei.client(language).post(page, form | {"sold": "81"}).status_code == 422
    assert mei.client(language).post(page, form).status_code == 302
    trade = CoverTrade.objects.get()
    assert 'value="agree"' not in mei.client(language).get(page).content.decode()
    shown = jun.client(language).get(page).content.decode()
    assert "+US$0.25" in shown
    assert page in jun.client(language).get(reverse("console:finance")).content.decode()
    for seen in ("", "--25", "24"):
        jun.client(language).post(page, {"do": "agree", "trade": trade.public_id, "seen": seen})
        assert positions(), "agreed to what no page showed"
    jun.client(language).post(page, {"do": "agree", "trade": trade.public_id, "seen": "25"})
    assert (positions(), brought()) == ([], "0.25")
