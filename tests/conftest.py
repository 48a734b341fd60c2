"""What the tables of routes share: one world for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

if TYPE_CHECKING:
    from tests.support.world import World


@pytest.fixture(scope="module")
def people_of_the_world(django_db_blocker: Any) -> Iterator[World]:
    """Two deals' people, made once for a file of tests, in a transaction around those of its tests."""
    from tests.support.world import World  # needs Django, which stands only after this file was read

    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def world(people_of_the_world: World, db: None) -> World:
    """Two deals and everybody around them; whatever a test does to them is rolled back after it."""
    return people_of_the_world.again()
