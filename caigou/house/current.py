"""What is set now, remembered by every process for five seconds."""

from __future__ import annotations

from collections.abc import Mapping

from caigou.kernel.recent import Recent


def _load() -> Mapping[str, str]:
    from caigou.house.models import StoredSetting  # declarations are read before Django has its tables

    return dict(StoredSetting.objects.exclude(text=None).values_list("key", "text"))  # type: ignore[arg-type]


#: The stored texts by key; a key that isn't there has its default.
stored: Recent[Mapping[str, str]] = Recent(_load, seconds=5)
