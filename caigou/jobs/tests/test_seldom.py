"""What clocks do seldom is done once, by whoever comes first, and in vain without an error."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caigou.jobs.seldom import is_turn


@pytest.mark.django_db
def test_one_caller_has_the_turn_and_the_others_write_nothing() -> None:
    assert is_turn("tests.seldom", 60)
    with CaptureQueriesContext(connection) as asked:
        assert not is_turn("tests.seldom", 60)
    assert [query["sql"].split()[0] for query in asked] == ["SELECT"], "a claim in vain is an error of the database's"
    assert is_turn("tests.another", 60)


@pytest.mark.django_db
def test_the_turn_comes_again_when_its_time_is_over() -> None:
    assert is_turn("tests.seldom", -1)
    assert is_turn("tests.seldom", 60)
