"""What the journeys share: a running house and a browser, one of each for all that one worker of the tests walks.

A house costs as much to start as several journeys; so each finds what those before it left (orders, addresses, goods)
and must not count on more than the demonstration brings.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.running import House, browser, running_house


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    with running_house() as opened:
        yield opened


@pytest.fixture(scope="package")
def one_chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def chromium(one_chromium: Browser) -> Iterator[Browser]:
    """The browser; what a test leaves open is closed, or it would follow along behind the next one's back."""
    yield one_chromium
    for context in list(one_chromium.contexts):
        context.close()
