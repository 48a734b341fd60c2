"""The last statement of a transaction travels with its COMMIT: both happen, or nothing does."""

from __future__ import annotations

from contextlib import nullcontext, suppress

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from caigou.kernel.last import Last, ended_by, execute_last
from caigou.kernel.prepared import planned_once

#: Sessions stand for any table of ours with a unique name.
ADD = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', now())"


def said() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session ORDER BY session_key")
        return [word for (word,) in cursor.fetchall()]


def add(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD, [word])


class Meant(Exception):
    """What a word said twice means."""


def meaning(error: DatabaseError) -> Exception | None:
    return Meant() if isinstance(error, IntegrityError) else None


@pytest.mark.commits
def test_what_comes_last_is_committed_with_what_came_before_and_hooks_run_afterwards() -> None:
    seen: list[list[str]] = []
    with ended_by() as end:
        add("first")
        execute_last(ADD, ["second"])
        end(Last(ADD, ["third"], meaning))
        transaction.on_commit(lambda: seen.append(said()))
        assert said() == ["first"], "nothing of it was sent yet"
    assert seen == [["first", "second", "third"]] == [said()]


@pytest.mark.commits
@pytest.mark.parametrize("nested", [False, True])
def test_a_refusal_at_the_end_undoes_everything_and_is_raised_as_what_it_means(nested: bool) -> None:
    add("there")
    for _ in range(6):  # planned anew at first, then prepared
        with planned_once(), pytest.raises(Meant):
            _refused(nested=nested)
        assert said() == ["there"]
    with ended_by() as end:
        end(Last(ADD, ["after"], meaning))
    assert said() == ["after", "there"], "the connection is as good as before"


def _refused(*, nested: bool) -> None:
    with transaction.atomic() if nested else nullcontext(), ended_by() as end:
        add("before")
        execute_last(ADD, ["between"])
        end(Last(ADD, ["there"], meaning))


@pytest.mark.commits
def test_what_was_kept_for_a_commit_is_forgotten_by_a_rollback() -> None:
    with suppress(ZeroDivisionError), ended_by() as end:
        execute_last(ADD, ["never"])
        end(Last(ADD, ["never either"], meaning))
        raise ZeroDivisionError
    with transaction.atomic():
        add("next")
    assert said() == ["next"]


@pytest.mark.commits
def test_an_error_that_means_nothing_stays_what_it_is() -> None:
    with pytest.raises(DatabaseError, match="no_such_table"), ended_by() as end:
        end(Last("INSERT INTO no_such_table VALUES (1)", [], meaning))
    assert said() == []


@pytest.mark.commits
def test_outside_of_a_transaction_nothing_is_last() -> None:
    with pytest.raises(RuntimeError):
        execute_last(ADD, ["never"])
