"""Where an uploaded file waits for the worker: outside of all that is served, under a name that nobody chose."""

from __future__ import annotations

import contextlib
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from caigou.kernel.ids import new_public_id


def keep(file: UploadedFile[bytes]) -> str:
    """Store ``file`` chunk by chunk below ``CAIGOU_UPLOADS`` and return its new name; its own name is not used."""
    folder = Path(settings.CAIGOU_UPLOADS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = new_public_id()
    path = folder / name
    try:
        with path.open("xb") as stream:
            for chunk in file.chunks():
                stream.write(chunk)
    except BaseException:
        forget(name)
        raise
    return name


def forget(name: str) -> None:
    """Delete a stored file that no import will read."""
    with contextlib.suppress(FileNotFoundError):
        (Path(settings.CAIGOU_UPLOADS) / name).unlink()


def content(name: str) -> bytes:
    """Return what a stored file holds; raises ``OSError`` when it isn't here. ``name`` is one that ``keep`` gave."""
    return (Path(settings.CAIGOU_UPLOADS) / Path(name).name).read_bytes()
