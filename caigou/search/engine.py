"""The engine that the setting ``CAIGOU_SEARCH_INDEX`` names, opened once a process. Search knows only its port."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from caigou.search.ports import Index


@cache
def _open(name: str, url: str, folder: str) -> Index:
    opened: Index = import_string(name)(url or Path(folder))
    return opened


def index() -> Index:
    """Return the search engine of this installation."""
    return _open(settings.CAIGOU_SEARCH_INDEX, settings.SEARCH_URL, str(settings.CAIGOU_INDEX))
