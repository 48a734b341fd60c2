"""What the journeys share: a running house and a browser, one of each for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.running import House, browser, running_house


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running_house() as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened
