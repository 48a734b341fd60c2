"""Money is exact, and whatever isn't exact money is refused (promise 15; bad inputs 1–11 of the reliability plan)."""

from __future__ import annotations

from decimal import Decimal
from operator import add, ge, gt, le, lt, sub
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caigou.kernel.money import CURRENCIES, MAX_MINOR, BadAmount, CurrencyMismatch, Money, exponent, parse_money

currencies = st.sampled_from(sorted(CURRENCIES))
minors = st.integers(min_value=-MAX_MINOR, max_value=MAX_MINOR)


def two_of_a_kind() -> st.SearchStrategy[tuple[Money, Money]]:
    return st.builds(lambda a, b, code: (Money(a, code), Money(b, code)), minors, minors, currencies)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(10.10, id="1: a JSON number"),
        pytest.param(10, id="1: a whole JSON number"),
        pytest.param(Decimal("1.00"), id="1: a Decimal"),
        pytest.param("1e3", id="2: an exponent"),
        pytest.param("1E3", id="2: a capital exponent"),
        pytest.param("NaN", id="3: not a number"),
        pytest.param("Infinity", id="3: infinity"),
        pytest.param("-Infinity", id="3: minus infinity"),
        pytest.param("0.001", id="4: a tenth of a fen"),
        pytest.param("1.000", id="4: more digits than the currency has, even noughts"),
        pytest.param("9223372036854775808", id="7: beyond bigint"),
        pytest.param("99999999999999999999999999", id="7: far beyond bigint"),
        pytest.param(f"{MAX_MINOR}", id="7: beyond the largest amount"),
        pytest.param("1,000", id="9: a separator of thousands"),
        pytest.param("1 000", id="9: a blank between thousands"),
        pytest.param("1_000", id="9: Python's own separator"),
        pytest.param("1.2.3", id="9: two points"),
        pytest.param("0,5", id="9: a decimal comma"),
        pytest.param("+5", id="a plus"),
        pytest.param("--5", id="two minus signs"),
        pytest.param("−5", id="a typographic minus"),
        pytest.param("٣", id="Arabic-Indic digits"),
        pytest.param("１２", id="full-width digits"),
        pytest.param("¥5", id="a currency sign"),
        pytest.param("5 CNY", id="a unit"),
        pytest.param(".5", id="no digit before the point"),
        pytest.param("5.", id="no digit after the point"),
        pytest.param("0x10", id="hexadecimal"),
        pytest.param("", id="nothing"),
        pytest.param("   ", id="blanks"),
        pytest.param("1\x002", id="NUL"),
        pytest.param(None, id="None"),
        pytest.param(True, id="True"),
        pytest.param(["1"], id="a list"),
        pytest.param({"amount": "1"}, id="an object"),
        pytest.param(b"1", id="bytes"),
    ],
)
def test_what_is_not_an_exact_amount_is_refused(text: Any) -> None:
    with pytest.raises(BadAmount):
        parse_money(text, "CNY")


@pytest.mark.parametrize(
    ("text", "currency"), [("0.001", "CNY"), ("1.5", "JPY"), ("1.2345", "KWD"), ("1.0", "VND"), ("0.00001", "CLF")]
)
def test_more_digits_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(BadAmount):
        parse_money(text, currency)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("cny", id="11: lower case"),
        pytest.param("XXX", id="11: no currency"),
        pytest.param("CNY ", id="11: a blank"),
        pytest.param("СNY", id="11: Cyrillic С"),
        pytest.param("", id="nothing"),
        pytest.param("RMB", id="a common name"),
        pytest.param("CNY\x00", id="NUL"),
    ],
)
def test_what_is_not_a_currency_is_refused(code: str) -> None:
    with pytest.raises(BadAmount):
        parse_money("1", code)
    with pytest.raises(BadAmount):
        exponent(code)
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, code)


@pytest.mark.parametrize(
    ("text", "minor"), [("-5", -5_00), ("-0", 0), ("0", 0), ("-0.01", -1), ("007", 7_00), (" 12.5 ", 12_50)]
)
def test_signs_and_noughts_are_read_as_written(text: str, minor: int) -> None:
    """Bad inputs 3, 5 and 6: whether zero or less is welcome is for the service to say, which all do."""
    assert parse_money(text, "CNY") == Money(minor, "CNY")


def test_the_largest_amount_is_taken_and_the_next_is_not() -> None:
    assert parse_money(Money(MAX_MINOR, "CNY").amount, "CNY").minor == MAX_MINOR
    with pytest.raises(BadAmount):
        parse_money(Money(MAX_MINOR + 1, "CNY").amount, "CNY")


@given(minors, currencies)
def test_what_is_written_reads_back_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert parse_money(money.amount, currency) == money
    assert parse_money(money.to_json()["amount"], money.to_json()["currency"]) == money


@given(minors, currencies)
def test_the_text_is_the_decimal_of_the_minor_units(minor: int, currency: str) -> None:
    """Held against Python's own decimal arithmetic, a second way to the same figure."""
    text = Money(minor, currency).amount
    assert Decimal(text) == Decimal(minor).scaleb(-CURRENCIES[currency])
    assert len(text.partition(".")[2]) == CURRENCIES[currency]


@given(st.text(max_size=40), currencies)
def test_any_text_is_read_exactly_or_refused(text: str, currency: str) -> None:
    try:
        money = parse_money(text, currency)
    except BadAmount:
        return
    assert Decimal(text.strip()) == Decimal(money.amount)


@given(two_of_a_kind(), st.integers(min_value=-10_000, max_value=10_000))
def test_sums_are_exact(pair: tuple[Money, Money], times: int) -> None:
    one, other = pair
    assert (one + other) - other == one
    assert one - other == -(other - one)
    assert (one + other) * times == one * times + times * other
    assert bool(one) == (one.minor != 0)
    assert (one < other) == (one.minor < other.minor) == (not one >= other)
    assert (one > other) == (one.minor > other.minor) == (not one <= other)


@pytest.mark.parametrize("operation", [add, sub, lt, le, gt, ge])
def test_two_currencies_never_meet(operation: Any) -> None:
    with pytest.raises(CurrencyMismatch):
        operation(Money(1, "CNY"), Money(1, "USD"))


def test_two_currencies_are_never_equal() -> None:
    assert Money(1, "CNY") != Money(1, "USD")


@pytest.mark.parametrize("minor", [1.0, Decimal(1), True, "1", None])
def test_only_whole_minor_units_make_money(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "CNY")


@pytest.mark.parametrize("times", [1.5, 2.0, Decimal(2), True, "2"])
def test_money_is_multiplied_by_whole_numbers_only(times: Any) -> None:
    with pytest.raises(TypeError):
        Money(100, "CNY") * times
    with pytest.raises(TypeError):
        times * Money(100, "CNY")


def test_money_is_not_changed_afterwards() -> None:
    money = Money(100, "CNY")
    with pytest.raises(AttributeError):
        money.minor = 200  # type: ignore[misc]
    assert hash(money) == hash(Money(100, "CNY"))


def test_a_refusal_says_how_to_mend_it() -> None:
    with pytest.raises(BadAmount, match=r"such as 1234\.50"):
        parse_money("1e3", "CNY")
    with pytest.raises(BadAmount, match="JPY has 0 digits"):
        parse_money("1.5", "JPY")
