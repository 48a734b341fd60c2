"""Tests run as the application's role on real PostgreSQL, apart from each other."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone


def _session(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())


def _count() -> int:
    return Session.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_an_ordinary_test_leaves_nothing(turn: int) -> None:
    assert _count() == 0
    _session("left-behind")


@pytest.mark.commits
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_has_a_database_of_its_own(turn: int) -> None:
    assert _count() == 0
    seen: list[int] = []

    def look() -> None:
        seen.append(_count())
        connection.close()

    _session("really-there")
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forbidden",
    [
        "CREATE TABLE t (a int)",
        "CREATE TEMP TABLE t (a int)",
        "CREATE SCHEMA s",
        "ALTER TABLE django_session ADD COLUMN a int",
        "DROP TABLE django_session",
        "TRUNCATE django_session",
        "CREATE ROLE r",
        "SET ROLE caigou_owner",
        "ALTER ROLE caigou_app SUPERUSER",
    ],
)
def test_the_application_may_not_change_the_tables(forbidden: str) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"permission denied|must be owner"):
        cursor.execute(forbidden)


@pytest.mark.django_db
def test_each_worker_has_a_database_and_a_folder_of_its_own() -> None:
    """Sharing one, two tests in their transactions would wait for each other's rows."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    assert connection.settings_dict["NAME"] == f"test_{worker}"
    assert Path(settings.HOME).name == worker


@pytest.mark.django_db
def test_the_application_waits_for_no_lock_and_no_query_for_long() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('lock_timeout'), current_setting('statement_timeout'),"
            " current_setting('idle_in_transaction_session_timeout'),"
            " current_setting('server_version_num')::int / 10000"
        )
        assert cursor.fetchone() == ("caigou_app", "2s", "5s", "10s", 18)


@pytest.mark.django_db
def test_the_superuser_cannot_log_in() -> None:
    connection.ensure_connection()
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba.conf entry"):
        psycopg.connect(host=connection.connection.info.host, user="postgres", dbname="postgres")
