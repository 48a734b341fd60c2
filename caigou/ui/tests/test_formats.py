"""Figures, moments and quantities as two readers see them; the plain cases stand in the docstrings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from caigou.kernel.money import CURRENCIES, CurrencyMismatch, Money
from caigou.ui import formats


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(0, "CNY"), "¥0.00"),
        (Money(5, "CNY"), "¥0.05"),
        (Money(1_234_567_89, "CNY"), "¥1,234,567.89"),
        (Money(-41_208_30, "CNY"), "−¥41,208.30"),
        (Money(1200, "JPY"), "JP¥1,200"),
        (Money(-7, "JPY"), "−JP¥7"),
        (Money(2_42, "USD"), "US$2.42"),
        (Money(2_42, "AUD"), "A$2.42"),
        (Money(2_42, "HKD"), "HK$2.42"),
        (Money(2_42, "GBP"), "£2.42"),
        (Money(2_42, "EUR"), "€2.42"),
        (Money(1_234, "KWD"), "KWD\xa01.234"),
        (Money(10**15, "CNY"), "¥10,000,000,000,000.00"),
    ],
)
def test_an_amount_is_written_exactly_and_alike_in_both_languages(language: str, money: Money, written: str) -> None:
    assert formats.format_money(money, language) == written


def test_no_two_currencies_share_a_symbol() -> None:
    symbols = [formats.symbol_of(currency) for currency in CURRENCIES]
    assert len(set(symbols)) == len(symbols)


def test_a_hyphen_never_stands_for_a_minus() -> None:
    for currency in CURRENCIES:
        assert "-" not in formats.format_money(Money(-1, currency), "en")


def test_a_range_of_two_currencies_is_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        formats.format_money_range(Money(1, "CNY"), Money(2, "USD"), "en")


def test_ledgers_write_no_symbol_and_a_rise_its_sign() -> None:
    assert formats.format_money(Money(-18_022_50, "CNY"), "en", symbol=False, signed=True) == "−18,022.50"
    assert formats.format_money(Money(0, "CNY"), "en", symbol=False, signed=True) == "0.00"


@pytest.mark.parametrize(
    ("minutes", "en", "zh"),
    [
        (0, "1 min left", "剩 1 分钟"),
        (59, "59 min left", "剩 59 分钟"),
        (60, "1 h left", "剩 1 小时"),
        (47 * 60 + 59, "47 h left", "剩 47 小时"),
        (48 * 60, "2 d left", "剩 2 天"),
        (71 * 60 + 50, "2 d 23 h left", "剩 2 天 23 小时"),
        (12 * 1440 + 600, "12 d left", "剩 12 天"),
    ],
)
def test_time_left_is_cut_never_rounded_up(minutes: int, en: str, zh: str) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    until = now + timedelta(minutes=minutes, seconds=30)
    assert formats.time_left(until, "en", now=now) == en
    assert formats.time_left(until, "zh-hans", now=now) == zh


def test_a_moment_is_told_in_the_readers_zone_and_the_year_only_when_it_differs() -> None:
    moment = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    shanghai = ZoneInfo("Asia/Shanghai")
    assert formats.format_datetime(moment, "en", shanghai, now=moment) == "1 Jan, 04:00"
    assert formats.format_datetime(moment, "en", UTC, now=moment, weekday=True) == "Thu 31 Dec, 20:00"
    assert formats.format_datetime(moment, "zh-hans", shanghai) == "2027年1月1日 04:00"


def test_english_months_have_three_letters() -> None:
    written = {formats.format_day(date(2026, month, 3), "en") for month in range(1, 13)}
    assert all(len(day.split()[1]) == 3 for day in written)
