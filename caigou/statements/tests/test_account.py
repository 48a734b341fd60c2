"""Statements of account: what they say agrees with the ledger, in both languages, on paper and in the file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from caigou.jobs.outbox import deliver_due
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money
from caigou.ledger.periods import stood_at
from caigou.ledger.services import balance, find_account
from caigou.payments.rates.current import current
from caigou.payments.rates.table import Leg, Table
from caigou.statements.account import Statement, statement_of
from caigou.statements.paper import statement_paper
from caigou.statements.printing import MissingGlyph, print_pdf
from caigou.statements.sheet import STATEMENT_FIGURES, statement_rows, written
from tests.support.factories import Deal, Party, fund, make_buyer, make_deal

pytestmark = pytest.mark.django_db

START = datetime(2026, 10, 1, 9, tzinfo=UTC)


def of_wallet(party: Party, first: date, last: date) -> Statement:
    account = find_account("wallet", party.company.public_id, "CNY")
    assert account is not None
    return statement_of(party.company, account, "wallet", "CNY", first=first, last=last, zone=UTC, by=party.actor)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture
def three_months() -> Party:
    """A recharge in each of three months."""
    buyer = make_buyer()
    for month, minor in ((8, 100_00), (9, 20_00), (10, 3_00)):
        with frozen(datetime(2026, month, 15, tzinfo=UTC)):
            fund(buyer, Money(minor, "CNY"))
    return buyer


def test_months_join_without_a_gap_and_end_at_the_ledger(three_months: Party) -> None:
    august = of_wallet(three_months, date(2026, 8, 1), date(2026, 8, 31))
    september = of_wallet(three_months, date(2026, 9, 1), date(2026, 9, 30))
    october = of_wallet(three_months, date(2026, 10, 1), date(2026, 10, 31))

    assert (august.opening.minor, september.opening.minor, october.opening.minor) == (0, 100_00, 120_00)
    assert (august.closing, september.closing) == (september.opening, october.opening)
    account = find_account("wallet", three_months.company.public_id, "CNY")
    assert account is not None
    assert october.closing == balance(account).posted == stood_at(account, now())
    assert september.opening + september.paid_in - september.paid_out == september.closing


def test_a_quiet_month_has_its_balance(three_months: Party) -> None:
    quiet = of_wallet(three_months, date(2026, 11, 1), date(2026, 11, 5))
    assert (quiet.opening.minor, quiet.closing.minor, list(quiet.entries)) == (123_00, 123_00, [])


def test_days_are_those_of_the_zone(three_months: Party) -> None:
    """Midnight UTC of the 15th is the 15th in UTC; a period that ends on the 14th has nothing of it."""
    assert of_wallet(three_months, date(2026, 9, 15), date(2026, 9, 15)).paid_in.minor == 20_00
    assert of_wallet(three_months, date(2026, 9, 1), date(2026, 9, 14)).paid_in.minor == 0


@pytest.mark.parametrize(("first", "last"), [((2026, 9, 2), (2026, 9, 1)), ((2024, 1, 1), (2026, 1, 1))])
def test_a_period_that_is_none_is_refused(three_months: Party, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    with pytest.raises(BadInput):
        of_wallet(three_months, date(*first), date(*last))


@pytest.fixture
def ordered() -> Deal:
    """An order of ¥2,904 that was estimated in Australian dollars and paid when the rate had moved."""
    deal = make_deal(quantity=240, unit_price=Money(12_10, "CNY"))
    current.hold(_rates("0.20"))
    order = deal.place()
    deliver_due()
    current.hold(_rates("0.21"))
    fund(deal.buyer, order.total)
    from caigou.orders.services.pay import pay_order

    pay_order(order.pk, by=deal.buyer.actor)
    deliver_due()
    return deal


def _rates(yuan_in_dollars: str) -> Table:
    """A table in which 1 CNY is so many AUD."""
    from decimal import Decimal

    day = now().date()
    legs = [Leg("EUR", "CNY", Decimal(1), day, "ecb"), Leg("EUR", "AUD", Decimal(yuan_in_dollars), day, "ecb")]
    return Table.of(legs, today=day, oldest_days=366)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Statement of account", "Order paid into escrow", "Recharge", "Opening balance", "Closing balance"]),
        ("zh-hans", ["对账单", "充值", "期初余额", "期末余额"]),
    ],
)
def test_the_paper_says_estimate_and_actual_in_the_readers_language(
    ordered: Deal, language: str, words: list[str]
) -> None:
    today = now().date()
    with override(language):
        statement = of_wallet(ordered.buyer, today - timedelta(days=1), today)
        text = text_of(print_pdf("statement", statement_paper(statement), strict=True))

    for word in words:
        assert word in text
    assert "A$580.80" in text  # estimated: 2,904 × 0.20
    assert "A$609.84" in text  # paid: 2,904 × 0.21
    assert "+A$29.04" in text
    assert "2,904.00" in text


def test_the_file_has_every_figure_and_no_formula(ordered: Deal) -> None:
    today = now().date()
    statement = of_wallet(ordered.buyer, today - timedelta(days=1), today)
    rows = list(csv.reader(io.StringIO(written(statement_rows(statement), figures=STATEMENT_FIGURES).lstrip("\ufeff"))))

    opening, recharge, paid, closing = rows[1:]
    assert (opening[5], closing[5]) == ("0.00", "0.00")
    assert (recharge[3], recharge[5]) == ("2904.00", "2904.00")
    assert (paid[4], paid[7], paid[8], paid[9]) == ("2904.00", "580.80", "609.84", "AUD")


def test_a_name_that_is_a_formula_stays_text() -> None:
    assert written([("=HYPERLINK(1)", "-5.00")], figures=frozenset({1})) == "\ufeff'=HYPERLINK(1),-5.00\r\n"


def test_a_missing_glyph_is_found_and_does_not_keep_a_person_from_the_paper(three_months: Party) -> None:
    paper = statement_paper(of_wallet(three_months, date(2026, 8, 1), date(2026, 8, 31)))
    paper["facts"].append(["Name", "\U00012000"])  # cuneiform
    with pytest.raises(MissingGlyph):
        print_pdf("statement", paper, strict=True)
    assert print_pdf("statement", paper).startswith(b"%PDF-")


def test_names_of_people_are_shown_in_their_own_script(three_months: Party) -> None:
    """PDF/A refuses a sign without a glyph: what is printed has them all."""
    paper = statement_paper(of_wallet(three_months, date(2026, 8, 1), date(2026, 8, 31)))
    names = ["Наталья Ёлкина", "Αθήνα Εμπόριο", "Nguyễn Thị Hồng", "Łódź İstanbul", "山田さくら", "臺灣貿易有限公司"]
    names += ["שלום לוי", "สมชาย ใจดี", "अनिल शर्मा", "شركة النور للتجارة", "김민준 주식회사", "রহিম উদ্দিন ট্রেডার্স"]
    names += ["முருகன் டிரேடர்ஸ்", "రాజు", "પટેલ", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "ಸುಮಾ", "മോഹൻ", "ପ୍ରିୟା", "සුනිල්", "ສົມພອນ", "សុខា", "အောင်ကို"]
    names += ["አበበ", "გიორგი", "Արմեն", "Mia 🙂"]
    paper["facts"] += [["Name", name] for name in names]
    assert "Наталья Ёлкина" in text_of(print_pdf("statement", paper, strict=True))


def test_words_of_people_are_never_markup(three_months: Party) -> None:
    paper = statement_paper(of_wallet(three_months, date(2026, 8, 1), date(2026, 8, 31)))
    paper["facts"].append(["Name", "#panic() $x$ *bold* [a](b) \\ "])
    assert "#panic() $x$ *bold*" in text_of(print_pdf("statement", paper, strict=True))
