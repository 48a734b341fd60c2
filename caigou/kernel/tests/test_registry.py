"""Questions that go up are answered in the order of registration, and a name is taken once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from caigou.kernel.registry import Registry


def yes() -> str:
    return "yes"


def no() -> str:
    return "no"


def test_answers_come_in_the_order_of_registration() -> None:
    may_close: Registry[Callable[[], str]] = Registry("May this account close?")
    may_close.add("orders", yes)
    may_close.add("disputes", no)
    assert [answer() for answer in may_close] == ["yes", "no"]
    assert may_close.names() == ["orders", "disputes"]
    assert may_close["disputes"] is no


def test_the_same_answer_may_be_registered_again_but_no_other_under_its_name() -> None:
    may_close: Registry[Callable[[], str]] = Registry("May this account close?")
    may_close.add("orders", yes)
    may_close.add("orders", yes)
    assert may_close.names() == ["orders"]
    with pytest.raises(ValueError, match=r"May this account close\?: orders"):
        may_close.add("orders", no)


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        Registry[int]("How many?")["nobody"]
