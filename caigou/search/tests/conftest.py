"""An index of each engine: empty, with a few goods, and one of these for all tests that only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from caigou.search.ports import Index
from caigou.search.tests.engines import ENGINES, GOODS, opened


@pytest.fixture(params=sorted(ENGINES))
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return opened(request.param, tmp_path / "index")


@pytest.fixture
def index(empty: Index) -> Index:
    empty.rebuild(GOODS)
    return empty


@pytest.fixture(scope="module", params=sorted(ENGINES))
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The same goods for all tests that only read."""
    made = opened(request.param, tmp_path_factory.mktemp("shelf"))
    made.rebuild(GOODS)
    return made
