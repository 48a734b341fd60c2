"""The reader's currency: estimates beside listed prices, on any page and without asking the database (B9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from caigou.kernel.money import Money
from caigou.payments.rates.current import current
from caigou.payments.rates.table import ECB, Leg, Table
from caigou.ui.reader import Reader, currency_of, reader_of

DAY = date(2026, 10, 30)
USD, CNY = (Leg("EUR", code, Decimal(figure), DAY, ECB) for code, figure in (("USD", "1.1"), ("CNY", "8.25")))


@pytest.fixture
def rates() -> Iterator[None]:
    current.hold(Table({"USD": USD, "CNY": CNY}, today=DAY))
    yield
    current.forget()


def written(tag: str, reader: Reader, **values: Any) -> str:
    request = RequestFactory().get("/")
    request.reader = reader  # type: ignore[attr-defined]
    return Template("{% load ui %}" + tag).render(Context({"request": request, **values}))


@pytest.mark.usefixtures("rates")
def test_a_price_is_estimated_in_the_readers_currency() -> None:
    html = written("{% estimate price %}", Reader("USD"), price=Money(12_60, "CNY"))
    assert "≈ US$1.68" in html
    assert 'data-sure="estimate"' in html


@pytest.mark.usefixtures("rates")
def test_a_range_has_one_sign_and_one_symbol() -> None:
    html = written("{% estimate low to=high %}", Reader("USD"), low=Money(12_60, "CNY"), high=Money(15_00, "CNY"))
    assert "≈ US$1.68–2.00" in html


@pytest.mark.usefixtures("rates")
def test_what_costs_less_than_the_smallest_coin_is_not_free() -> None:
    assert "&lt; US$0.01" in written("{% estimate price %}", Reader("USD"), price=Money(2, "CNY"))
    assert "≈ US$0.00" in written("{% estimate price %}", Reader("USD"), price=Money(0, "CNY"))
    ranged = written("{% estimate low to=high %}", Reader("USD"), low=Money(2, "CNY"), high=Money(20, "CNY"))
    assert "≈ US$0.00–0.03" in ranged


@pytest.mark.usefixtures("rates")
def test_a_missing_rate_is_said_in_words() -> None:
    assert "No rate for KES" in written("{% estimate price %}", Reader("KES"), price=Money(12_60, "CNY"))


@pytest.mark.usefixtures("rates")
def test_nothing_is_estimated_in_the_readers_own_currency() -> None:
    assert written("{% estimate price %}", Reader("CNY"), price=Money(12_60, "CNY")) == ""


def asked(company: Any = None, language: str = "en", **cookies: str) -> Reader:
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    request.company, request.LANGUAGE_CODE = company, language  # type: ignore[attr-defined]
    return reader_of(request)


def test_what_the_reader_chose_comes_before_what_the_company_suggests() -> None:
    company = type("Company", (), {"country": "KE"})()
    assert asked(company) == Reader("KES", "KE")
    assert asked(company, currency="EUR") == Reader("EUR", "KE")
    assert asked(company, destination="JP") == Reader("JPY", "JP")


def test_a_cookie_that_names_nothing_of_ours_is_passed_over() -> None:
    assert asked(currency="PTS", destination="ZZ") == Reader("USD", "")
    assert asked(currency="<b>", language="zh-hans") == Reader("CNY", "")


TENDER = {"US": "USD", "GB": "GBP", "DE": "EUR", "FR": "EUR", "AU": "AUD", "BR": "BRL", "NG": "NGN", "KE": "KES"}


@pytest.mark.parametrize(("country", "currency"), [*TENDER.items(), ("AE", "AED"), ("JP", "JPY"), ("ZW", "USD")])
def test_each_country_has_its_currency(country: str, currency: str) -> None:
    assert currency_of(country) == currency
