"""What the tests of words share: the sentences of the code and the templates, collected once."""

from __future__ import annotations

from functools import cache

import pytest

from caigou.cli import translations

_collect = cache(translations.collect)


@pytest.fixture(autouse=True)
def _collected_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only in these tests: those of the tool itself collect from folders of their own, in the same process."""
    monkeypatch.setattr(translations, "collect", _collect)
