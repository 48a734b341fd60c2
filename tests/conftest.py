"""What the tables of routes share: one world for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse

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


@pytest.fixture
def bare_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer 400, 403 and 404 without drawing their pages: most of what the tables of routes ask for is refused.

    What draws them can't change the answer (``caigou.web.errors`` falls back on the plain page), and what stands on
    them is tested beside it.
    """
    from caigou.web import errors

    def bare(_request: HttpRequest, _name: str, status: int) -> HttpResponse:
        return HttpResponse(status=status)

    monkeypatch.setattr(errors, "_page", bare)
