"""What the operator decides: within bounds, with a reason, kept in a history, and in force at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from caigou.house.current import stored
from caigou.house.declare import AnySetting, Codes, Share, Text, Whole
from caigou.house.models import SettingChange, StoredSetting
from caigou.house.services import change_setting, declared, reset_setting, value
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import BadInput, ChangedMeanwhile, NotAllowed

pytestmark = pytest.mark.django_db

STAFF = Actor(role="staff")
DAYS = Whole(key="orders.confirm_days", group="", label="", explains="", default=15, least=1, most=180)
RATE = Share(key="t.rate", group="", label="", explains="", default=50, most=500)
NAME = Text(key="t.name", group="", label="", explains="", default="Caigou", longest=20)
CODES = Codes(key="t.codes", group="", label="", explains="", default=("CNY",), choices=lambda: ("CNY", "USD", "EUR"))


def test_without_a_change_the_default_holds() -> None:
    assert DAYS.value == 15


def test_a_change_holds_at_once_and_the_history_says_who_what_and_why() -> None:
    assert change_setting(DAYS, "10", reason="Couriers are quicker now.", by=STAFF)
    assert DAYS.value == 10
    assert value("orders.confirm_days") == 10
    change = SettingChange.objects.get()
    assert (change.before, change.after, change.reason) == (None, "10", "Couriers are quicker now.")


def test_back_to_the_default_is_a_change_too() -> None:
    change_setting(DAYS, "10", reason="A try.", by=STAFF)
    assert reset_setting(DAYS, reason="It didn't work.", by=STAFF)
    assert DAYS.value == 15
    assert [(c.before, c.after) for c in SettingChange.objects.all()] == [("10", None), (None, "10")]


def test_the_same_value_again_is_no_change() -> None:
    change_setting(DAYS, "10", reason="A try.", by=STAFF)
    assert not change_setting(DAYS, "10", reason="Once more.", by=STAFF)
    assert SettingChange.objects.count() == 1


def _id(value: object) -> str:
    """Name a case the same in every process: a declaration by its key, anything else as it is written."""
    return str(getattr(value, "key", repr(value)))


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        (DAYS, "0"),
        (DAYS, "181"),
        (DAYS, "-1"),
        (DAYS, "1.5"),
        (DAYS, ""),
        (DAYS, "１０"),
        (RATE, "5.01"),
        (RATE, "0.005"),
        (RATE, "NaN"),
        (RATE, "Infinity"),
        (RATE, "1e400"),
        (RATE, "1e999999"),
        (RATE, "5_0"),
        (RATE, "-1"),
        (NAME, " "),
        (NAME, "a\nb"),
        (NAME, "x" * 21),
        (CODES, ""),
        (CODES, "CNY, XXX"),
    ],
    ids=_id,
)
def test_what_is_outside_the_bounds_is_refused_and_nothing_changes(setting: AnySetting, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        change_setting(setting, text, reason="A try.", by=STAFF)
    assert str(refused.value) == setting.bounds() != ""
    assert setting.value == setting.default
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize(
    ("setting", "text", "held"),
    [(DAYS, " 180 ", 180), (RATE, "0.5 %", 50), (RATE, "5", 500), (CODES, "usd,CNY usd", ("USD", "CNY"))],
    ids=_id,
)
def test_what_is_within_them_is_taken_as_people_write_it(setting: AnySetting, text: str, held: Any) -> None:
    change_setting(setting, text, reason="A try.", by=STAFF)
    assert setting.value == held


def test_a_reason_is_asked_for() -> None:
    with pytest.raises(BadInput):
        change_setting(DAYS, "10", reason=" a ", by=STAFF)


@pytest.mark.parametrize("role", ["buyer", "supplier"])
def test_only_staff_change_settings(role: Any) -> None:
    with pytest.raises(NotAllowed):
        change_setting(DAYS, "10", reason="A try.", by=Actor(role=role))
    with pytest.raises(NotAllowed):
        reset_setting(DAYS, reason="A try.", by=Actor(role=role))


def test_two_people_at_once_do_not_undo_each_other() -> None:
    change_setting(DAYS, "10", reason="The first.", by=STAFF, expected="15")
    with pytest.raises(ChangedMeanwhile):
        change_setting(DAYS, "20", reason="The second.", by=STAFF, expected="15")
    with pytest.raises(ChangedMeanwhile):
        reset_setting(DAYS, reason="The third.", by=STAFF, expected="15")
    assert DAYS.value == 10


def test_a_stored_value_that_newer_bounds_refuse_gives_way_to_the_default() -> None:
    StoredSetting.objects.create(key=DAYS.key, text="9999")
    stored.forget()
    assert DAYS.value == 15


def test_every_declared_setting_holds_its_own_default_and_says_its_bounds() -> None:
    for setting in declared().values():
        assert setting.read(setting.write(setting.default)) == setting.default, setting.key
        assert setting.bounds(), setting.key
        assert str(setting.label), setting.key
        assert str(setting.explains), setting.key


def test_keys_are_unique() -> None:
    table = import_string(settings.CAIGOU_BUSINESS)
    assert len(declared()) == len(table)


def test_reading_costs_one_query_for_all_settings_and_then_none(django_assert_num_queries: Any) -> None:
    stored.forget()
    with django_assert_num_queries(1):
        for setting in declared().values():
            assert setting.value == setting.default


@pytest.mark.commits
def test_a_change_by_another_process_is_seen_when_the_memory_is_five_seconds_old() -> None:
    stored.forget()
    assert DAYS.value == 15

    def elsewhere() -> None:
        # Another process changes the table and can't reach into this one's memory.
        StoredSetting.objects.update_or_create(key=DAYS.key, defaults={"text": "10"})
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert DAYS.value == 15
    stored._held = (stored(), 0.0)
    assert DAYS.value == 10


def test_the_system_may_change_a_setting() -> None:
    assert change_setting(DAYS, "10", reason="The demonstration.", by=SYSTEM)
