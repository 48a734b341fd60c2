"""The newest hash of the chain, noted outside of the database: one line an hour in a file of the operator's choice.

The folder (``CAIGOU_ANCHOR_FOLDER``) should lie where whoever runs the database can't write, such as another machine's
share. Whoever rewrites the books and hashes the whole chain anew is found by the first line that no longer fits.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from caigou.kernel.clock import now
from caigou.ledger.findings import Finding
from caigou.ledger.models import Seal

CHECK = "chain_is_as_anchored"
_EVERY = timedelta(hours=1)
_NAME = "caigou-books.anchors"


def anchor_hourly() -> int:
    """Clock: note the newest block, unless that was done within the hour or nothing is new; return how many."""
    path = _path()
    newest = path and Seal.objects.order_by("-id").first()
    if not path or not newest:
        return 0
    last = _last_line(path)
    if last and (last["block"] >= newest.id or datetime.fromisoformat(last["anchored_at"]) > now() - _EVERY):
        return 0
    line = {
        "block": newest.id,
        "hash": bytes(newest.hash).hex(),
        "sealed_at": newest.sealed_at.isoformat(),
        "anchored_at": now().isoformat(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(file, (json.dumps(line) + "\n").encode())
        os.fsync(file)
    finally:
        os.close(file)
    return 1


def findings() -> Iterator[Finding]:
    """Find every noted block that the chain no longer has, or has with another hash."""
    path = _path()
    if path is None or not path.exists():
        return
    noted: dict[int, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            told = json.loads(line)
            noted[int(told["block"])] = str(told["hash"])
        except (ValueError, KeyError, TypeError):
            yield Finding(CHECK, f"line {number}", "can't be read")
    there = {row.id: bytes(row.hash).hex() for row in Seal.objects.filter(pk__in=noted)}
    for block, hashed in noted.items():
        if there.get(block) != hashed:
            yield Finding(CHECK, f"seal {block}", f"was {hashed}, is {there.get(block, 'gone')}")


def _path() -> Path | None:
    folder: Path | None = settings.CAIGOU_ANCHOR_FOLDER
    return None if folder is None else folder.joinpath(_NAME)


def _last_line(path: Path) -> dict[str, Any] | None:
    """Return the newest line that can be read, looking at the file's end only."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4_096))
        for line in reversed(file.read().splitlines()):
            with contextlib.suppress(ValueError):
                told: dict[str, Any] = json.loads(line)
                return told
    return None
