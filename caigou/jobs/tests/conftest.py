"""The tables of the tests instead of the house's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

TABLES = {
    "CAIGOU_HEARS": "caigou.jobs.tests.sample.HEARS",
    "CAIGOU_CALLS": "caigou.jobs.tests.sample.CALLS",
    "CAIGOU_CLOCKS": "caigou.jobs.tests.sample.CLOCKS",
}


@pytest.fixture(autouse=True)
def tables(settings: Settings) -> Iterator[None]:
    """Let the events, calls and clocks of ``sample`` be the only ones."""
    for name, value in TABLES.items():
        setattr(settings, name, value)
    _forget()
    yield
    _forget()


def _forget() -> None:
    # pytest reads this file before Django has its settings.
    from caigou.jobs import calls, outbox, worker
    from caigou.jobs.tests import sample

    for cached in (outbox.hears, calls.functions, worker.clocks):
        cached.cache_clear()
    sample.poison.clear()
    sample.made.clear()
    sample.gathered.clear()
    sample.during.clear()
