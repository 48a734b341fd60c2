"""Rates are kept as published, and the operator enters those that nobody publishes (B9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from caigou.jobs.models import Call
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import frozen
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.payments.rates import services
from caigou.payments.rates.current import current, estimate, table_on
from caigou.payments.rates.models import OwnRate, RateSheet
from caigou.payments.rates.ports import Sheet

pytestmark = pytest.mark.django_db

STAFF = Actor(role="staff", rights=frozenset({"finance"}))
DAY = date(2026, 10, 30)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TODAY = NOON.date()


def sheet(day: date = DAY, **figures: str) -> Sheet:
    return Sheet(day, {code: Decimal(figure) for code, figure in (figures or {"USD": "1.25", "CNY": "8"}).items()})


class Bank:
    """A publisher of our own."""

    name = "ecb"

    def __init__(self, *sheets: Sheet, reachable: bool = True) -> None:
        self.sheets, self.reachable = sheets, reachable

    def bundled(self) -> Iterable[Sheet]:
        return self.sheets

    def fetch(self) -> Iterable[Sheet]:
        return self.sheets

    def is_reachable(self) -> bool:
        return self.reachable


@pytest.fixture(autouse=True)
def _on_the_second_of_november() -> Any:
    with frozen(NOON):
        yield


def bank(monkeypatch: pytest.MonkeyPatch, *sheets: Sheet, reachable: bool = True) -> None:
    monkeypatch.setattr(services, "publisher", lambda: Bank(*sheets, reachable=reachable))


def enter(currency: str = "KES", base: str = "USD", figure: str = "129.5", **more: Any) -> OwnRate:
    asked: dict[str, Any] = {"day": TODAY, "reason": "The bank's board.", "by": STAFF} | more
    return services.enter_rate(currency, base, figure, **asked)


def test_publications_are_kept_once_and_never_changed() -> None:
    assert services.store_sheets([sheet(), sheet(DAY - timedelta(days=1))]) == 2
    assert services.store_sheets([sheet(USD="9"), sheet(DAY + timedelta(days=3))]) == 1
    assert RateSheet.objects.get(day=DAY).figures == {"USD": "1.25", "CNY": "8"}


def test_the_installed_history_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bank(monkeypatch, sheet(), sheet(DAY - timedelta(days=1)))
    assert services.load_bundled() == 2
    assert services.load_bundled() == 0


def test_a_figure_is_kept_to_its_last_digit() -> None:
    services.store_sheets([sheet(CNY="7.43260000001")])
    rate = current().rate("EUR", "CNY")
    assert rate is not None
    assert rate.figure == Decimal("7.43260000001")


def test_a_currency_that_one_publication_leaves_out_is_taken_from_the_one_before() -> None:
    services.store_sheets([sheet(DAY - timedelta(days=1), USD="1.20", CNY="8"), sheet(DAY, USD="1.25")])
    legs = current().legs
    assert (legs["USD"].day, legs["CNY"].day) == (DAY, DAY - timedelta(days=1))


def test_what_was_in_force_on_a_day_of_the_past_can_be_asked() -> None:
    services.store_sheets([sheet(DAY - timedelta(days=1), USD="1.20"), sheet(DAY, USD="1.25")])
    assert table_on(DAY - timedelta(days=1)).legs["USD"].figure == Decimal("1.20")


def test_a_page_of_estimates_asks_nothing_once_the_rates_are_known(django_assert_num_queries: Any) -> None:
    services.store_sheets([sheet()])
    current()
    with django_assert_num_queries(0):
        for minor in range(24):
            assert estimate(Money(minor, "CNY"), "USD") is not None


def test_an_own_rate_holds_at_once_and_is_withdrawn_again() -> None:
    services.store_sheets([sheet()])
    assert estimate(Money(8_00, "CNY"), "KES") is None
    enter()
    found = estimate(Money(8_00, "CNY"), "KES")
    assert found is not None
    assert found.value == Money(161_88, "KES")  # 1.25 dollars at 129.5: 161.875, half to even
    services.withdraw_rate("KES", reason="The board is closed.", by=STAFF)
    assert estimate(Money(8_00, "CNY"), "KES") is None
    assert OwnRate.objects.count() == 2


def test_of_two_entries_the_later_day_counts() -> None:
    services.store_sheets([sheet()])
    enter(figure="120", day=DAY)
    enter(figure="129.5", day=TODAY)
    assert current().legs["KES"].figure == Decimal("129.5")
    with pytest.raises(BadInput) as refused:
        enter(figure="110", day=DAY)
    assert refused.value.fields.keys() == {"day"}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("figure", {"figure": "0"}),
        ("figure", {"figure": "-1"}),
        ("figure", {"figure": "1e3"}),
        ("figure", {"figure": "NaN"}),
        ("figure", {"figure": "1.12345678901"}),
        ("figure", {"figure": "12345678901"}),
        ("figure", {"figure": "１２"}),
        ("day", {"day": TODAY + timedelta(days=1)}),
        ("currency", {"currency": "PTS"}),
        ("currency", {"currency": "EUR"}),
        ("base", {"base": "KES"}),
        ("base", {"base": "NGN"}),
        ("reason", {"reason": " "}),
    ],
    ids=str,
)
def test_what_is_no_rate_is_refused_beside_the_field(field: str, wrong: dict[str, Any]) -> None:
    services.store_sheets([sheet()])
    with pytest.raises(BadInput) as refused:
        enter(**wrong)
    assert refused.value.fields.keys() == {field}
    assert not OwnRate.objects.exists()


def test_a_rate_turned_upside_down_is_noticed() -> None:
    services.store_sheets([sheet()])
    with pytest.raises(BadInput) as refused:
        enter("CNY", "USD", "0.15625")
    assert refused.value.fields.keys() == {"figure"}
    enter("CNY", "USD", "6.6")
    enter("CNY", "USD", "20", sure=True)


@pytest.mark.parametrize("role", ["buyer", "supplier"])
def test_only_staff_touch_rates(role: Any) -> None:
    services.store_sheets([sheet()])
    enter()
    by = Actor(role=role)
    for act in (
        lambda: enter(by=by),
        lambda: services.withdraw_rate("KES", reason="Why not.", by=by),
        lambda: services.request_fetch(by=by),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not OwnRate.objects.visible_to(by).exists()
    assert OwnRate.objects.visible_to(STAFF).exists()


def test_where_nothing_is_in_force_there_is_nothing_to_withdraw() -> None:
    services.store_sheets([sheet()])
    with pytest.raises(BadInput):
        services.withdraw_rate("USD", reason="Why not.", by=STAFF)


def test_the_publisher_is_asked_a_few_times_a_day_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    bank(monkeypatch, sheet())
    assert services.ask_if_due()
    assert not services.ask_if_due()
    Call.objects.update(created_at=NOON - services.FETCH_EVERY - timedelta(seconds=1), done_at=NOON)
    assert services.ask_if_due()


def test_an_installation_without_an_address_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    bank(monkeypatch, sheet(), reachable=False)
    assert not services.ask_if_due()
    assert not services.request_fetch(by=SYSTEM)
    assert not Call.objects.exists()


def test_what_was_fetched_is_kept_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    bank(monkeypatch, sheet(TODAY, USD="1.30"))
    services.fetch_call({}, "key")
    assert current().legs["USD"].figure == Decimal("1.30")
