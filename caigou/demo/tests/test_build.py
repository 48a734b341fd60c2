"""The world is built through the services, whole, with its progress told, and quickly enough for a first start."""

from __future__ import annotations

import time

import pytest

from caigou.catalogue.models import Category, Evidence, ImportRun, Product, Supplier, Variant
from caigou.demo.build import build_world
from caigou.demo.tests.written import PRODUCTS, SUPPLIERS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Seconds that the whole world may take on a machine of two cores, half of which others use.
_MOST_SECONDS = 40


def test_the_whole_world_is_built_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int, str]] = []
    start = time.perf_counter()

    build_world(lambda done, total, what: told.append((done, total, what)))

    assert time.perf_counter() - start < _MOST_SECONDS
    assert [done for done, _total, _what in told] == sorted(done for done, _total, _what in told)
    assert len({total for _done, total, _what in told}) == 1
    assert told[-1][0] == told[-1][1]
    assert (Product.objects.count(), Supplier.objects.count()) == (len(PRODUCTS), len(SUPPLIERS))
    assert not Product.objects.filter(category=None).exists()
    assert Category.objects.count() >= 180
    assert Variant.objects.count() > 1_000
    assert Evidence.objects.count() >= 50
    assert ImportRun.objects.get().rows_refused == 0
