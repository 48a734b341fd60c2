"""What the tests of the house share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.installation import Installation, installed


@pytest.fixture
def installation() -> Iterator[Installation]:
    """A Caigou of its own, migrated and empty."""
    with installed() as made:
        yield made
