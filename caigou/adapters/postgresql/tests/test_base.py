"""A kept connection is looked at before it is used: one that lives is asked nothing, one that was ended is noticed."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.mark.commits
def test_a_connection_that_the_server_ended_is_noticed_and_a_living_one_is_not_asked() -> None:
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()
    assert not asked
    with psycopg.connect(**connection.get_connection_params()) as other:
        backend = connection.connection.info.backend_pid
        other.execute("SELECT pg_notify('caigou_events', ''), pg_terminate_backend(%s, 5000)", [backend])
    assert not connection.is_usable()
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN caigou_events")
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("NOTIFY caigou_events")
    assert connection.is_usable(), "it has only been told something"
    connection.close()
    assert not connection.is_usable()
