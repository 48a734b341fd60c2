"""What the tests of words share: the sentences of the code and the templates, collected once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from caigou.cli import translations


@pytest.fixture(scope="session", autouse=True)
def _collected_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translations, "collect", cache(translations.collect))
        yield
