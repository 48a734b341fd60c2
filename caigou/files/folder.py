"""Where pictures lie: ``<files folder>/pictures/ab/ab…-480.webp``. A file is there whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"[0-9a-f]{64}-[1-9][0-9]{0,3}\.webp")


def path_of(name: str) -> Path | None:
    """Return where the file of that name lies or would lie; None for a name that is none of ours."""
    return Path(settings.MEDIA_ROOT) / "pictures" / name[:2] / name if _NAME.fullmatch(name) else None


def keep(sha256: str, width: int, content: bytes) -> None:
    """Store one size of a picture; safe to repeat, and by two processes at once: the content is the name."""
    path = path_of(f"{sha256}-{width}.webp")
    if path is None:
        raise ValueError(f"{sha256!r} is no hash")
    if path.exists():
        return
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(dir=path.parent, prefix=".half-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(half).chmod(0o640)
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def remove(sha256: str, width: int) -> None:
    """Remove one size of a picture; safe to repeat."""
    path = path_of(f"{sha256}-{width}.webp")
    if path is not None:
        path.unlink(missing_ok=True)
