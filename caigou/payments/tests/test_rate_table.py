"""Cross rates and estimates: exact, the right way round, and rounded as each currency is (bugs 7 and 11)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caigou.kernel.money import CURRENCIES, Money
from caigou.payments.rates.table import ECB, OWN, Leg, Table, convert

DAY = date(2026, 10, 30)
#: Three currencies whose rates are far apart, so that a factor turned upside down can't pass (odoo PR#259632).
FIGURES = {"USD": "1.25", "CNY": "8", "JPY": "160"}


def leg(currency: str, figure: str, *, base: str = "EUR", day: date = DAY, source: str = ECB) -> Leg:
    return Leg(base, currency, Decimal(figure), day, source)


def table(*more: Leg, today: date = DAY) -> Table:
    return Table.of([*(leg(code, figure) for code, figure in FIGURES.items()), *more], today=today, oldest_days=366)


@pytest.mark.parametrize(
    ("amount", "to", "value"),
    [
        (Money(8_00, "CNY"), "USD", Money(1_25, "USD")),
        (Money(1_25, "USD"), "CNY", Money(8_00, "CNY")),
        (Money(8_00, "CNY"), "JPY", Money(160, "JPY")),
        (Money(160, "JPY"), "CNY", Money(8_00, "CNY")),
        (Money(1_25, "USD"), "JPY", Money(160, "JPY")),
        (Money(160, "JPY"), "USD", Money(1_25, "USD")),
        (Money(8_00, "CNY"), "EUR", Money(1_00, "EUR")),
        (Money(1_00, "EUR"), "CNY", Money(8_00, "CNY")),
    ],
    ids=str,
)
def test_three_currencies_the_right_way_round(amount: Money, to: str, value: Money) -> None:
    found = table().estimate(amount, to)
    assert found is not None
    assert found.value == value


def test_a_rate_between_two_currencies_is_to_divided_by_of() -> None:
    rate = table().rate("CNY", "USD")
    assert rate is not None
    assert rate.figure == Decimal("1.25") / Decimal(8)


@pytest.mark.parametrize(
    ("minor", "currency", "figure", "to", "value"),
    [
        (100, "CNY", "20.5", "JPY", 20),  # 20.5 yen, half to even
        (100, "CNY", "21.5", "JPY", 22),
        (1, "JPY", "0.00625", "USD", 1),  # yen have no minor unit
        (100, "USD", "0.3061", "KWD", 306),  # dinars have three digits
        (1000, "KWD", "3.2669", "USD", 327),
        (-100, "CNY", "20.5", "JPY", -20),
        (0, "CNY", "20.5", "JPY", 0),
    ],
)
def test_each_currency_is_rounded_to_its_own_minor_unit(
    minor: int, currency: str, figure: str, to: str, value: int
) -> None:
    assert convert(Money(minor, currency), to, Decimal(figure)) == Money(value, to)


def test_a_rate_that_nobody_publishes_is_missing_and_never_guessed() -> None:
    assert table().rate("CNY", "KES") is None
    assert table().rate("KES", "CNY") is None
    assert table().estimate(Money(1_00, "CNY"), "KES") is None


def test_an_own_rate_goes_through_its_base() -> None:
    own = leg("NGN", "1500", base="USD", day=DAY - timedelta(days=3), source=OWN)
    rate = table(own).rate("CNY", "NGN")
    assert rate is not None
    assert rate.figure == Decimal("1.25") / 8 * 1500
    assert rate.day == DAY - timedelta(days=3)
    assert rate.sources == (ECB, OWN)


def test_between_a_base_and_its_own_rate_no_other_figure_counts() -> None:
    own = leg("NGN", "1500", base="USD", source=OWN)
    rate = table(own).rate("USD", "NGN")
    assert rate is not None
    assert (rate.figure, rate.legs) == (Decimal(1500), (own,))


def test_an_own_rate_comes_before_a_published_one() -> None:
    own = leg("USD", "1.20", day=DAY - timedelta(days=2), source=OWN)
    rate = table(own).rate("EUR", "USD")
    assert rate is not None
    assert rate.legs == (own,)


def test_own_rates_that_lean_on_each_other_give_none() -> None:
    circle = (leg("NGN", "2", base="KES", source=OWN), leg("KES", "2", base="NGN", source=OWN))
    assert table(*circle).rate("CNY", "NGN") is None


def test_the_nearest_earlier_day_counts_and_a_later_one_never() -> None:
    friday, monday = DAY, DAY + timedelta(days=3)
    legs = [leg("USD", "1.25", day=friday), leg("USD", "1.30", day=monday), leg("USD", "9", day=friday.replace(day=2))]
    sunday = Table.of(legs, today=DAY + timedelta(days=2), oldest_days=366).rate("EUR", "USD")
    assert sunday is not None
    assert (sunday.figure, sunday.day) == (Decimal("1.25"), friday)


def test_a_rate_of_another_year_counts_as_none() -> None:
    assert table(today=DAY + timedelta(days=366)).rate("EUR", "USD") is not None
    assert table(today=DAY + timedelta(days=367)).rate("EUR", "USD") is None


@pytest.mark.parametrize(("days", "stale"), [(7, False), (8, True)])
def test_an_old_rate_is_marked(days: int, stale: bool) -> None:
    found = table(today=DAY + timedelta(days=days)).estimate(Money(8_00, "CNY"), "USD", stale_days=7)
    assert found is not None
    assert found.stale is stale


def test_the_spread_raises_the_estimate_and_is_named() -> None:
    found = table().estimate(Money(800_00, "CNY"), "USD", spread_bp=200)
    assert found is not None
    assert found.value == Money(127_50, "USD")
    assert found.rate.figure == Decimal("0.15625")
    assert found.figure == Decimal("0.159375")


TENDER = [code for code in CURRENCIES if code != "PTS"]
RATES = st.decimals("0.001", "100000", places=4)


@given(st.integers(-(10**15), 10**15), st.sampled_from(TENDER), st.sampled_from(TENDER), RATES)
def test_no_conversion_is_off_by_more_than_half_a_minor_unit(minor: int, of: str, to: str, figure: Decimal) -> None:
    value = convert(Money(minor, of), to, figure)
    exact = Decimal(minor).scaleb(-CURRENCIES[of]) * figure
    # 28 digits are kept; a quadrillion at a rate of a hundred thousand has no more than that.
    assert abs(Decimal(value.minor).scaleb(-CURRENCIES[to]) - exact) <= Decimal("0.5").scaleb(-CURRENCIES[to])


@given(RATES, RATES)
def test_there_and_back_is_one(here: Decimal, there: Decimal) -> None:
    both = Table.of([Leg("EUR", "CNY", here, DAY, ECB), Leg("EUR", "USD", there, DAY, ECB)], today=DAY, oldest_days=366)
    out, back = both.rate("CNY", "USD"), both.rate("USD", "CNY")
    assert out is not None
    assert back is not None
    assert abs(out.figure * back.figure - 1) < Decimal("1e-20")
