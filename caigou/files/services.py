"""Keep a picture that somebody gave us: drawn anew by a child process, named by its content (F5, B8)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.files import folder, limits
from caigou.files.drawn import Drawn, Undrawable, redraw
from caigou.files.models import Picture
from caigou.files.shown import Shown
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput

log = structlog.get_logger(__name__)


def store_picture(data: bytes, *, by: Actor) -> Picture:
    """Return the kept picture of an upload; the same pixels are kept once, so this is safe to repeat.

    Call it outside of long transactions: decoding takes up to some seconds. Files of a transaction that is rolled
    back stay, unnamed by any row, and do no harm. A picture that waited to be swept is wanted again.
    Raises ``BadInput`` (code ``picture_…``, field ``picture``) with a sentence that says how to mend it.
    """
    try:
        drawn = redraw(data)
    except Undrawable as error:
        code = str(error)
        log.info("picture refused", code=code, bytes=len(data), by=str(by))
        sentence = sentence_of(code)
        raise BadInput(sentence, code=f"picture_{code}", fields={"picture": sentence}) from None
    largest = drawn[-1]
    sha256 = hashlib.sha256(largest.content).hexdigest()
    picture, new = _keep(sha256, drawn)
    log.info("picture kept", picture=sha256[:12], new=new, by=str(by))
    return picture


@transaction.atomic
def _keep(sha256: str, drawn: Sequence[Drawn]) -> tuple[Picture, bool]:
    """Store row and files; the row is locked first, so that a sweep has ended or not begun before we look for files."""
    size = {"width": drawn[-1].width, "height": drawn[-1].height}
    picture, new = Picture.objects.select_for_update().get_or_create(sha256=sha256, defaults=size)
    if picture.unused_since is not None:
        picture.unused_since = None
        picture.save(update_fields=["unused_since"])
    for each in drawn:
        folder.keep(sha256, each.width, each.content)
    return picture, new


def picture_url(picture: Picture | Shown, width: int) -> str:
    """Return the address of a picture at least ``width`` pixels wide where it is kept so wide; asks no database."""
    return (picture.shown if isinstance(picture, Picture) else picture).url(width)


def sentence_of(code: str) -> str:
    """Return why a picture was refused and what to do, in the reader's language."""
    figures = {
        "megabytes": limits.MOST_BYTES // 1024 // 1024,
        "pixels": limits.MOST_PIXELS // 1_000_000,
        "side": limits.LEAST_SIDE,
        "frames": limits.MOST_FRAMES,
    }
    sentences = {
        "empty": _("This file is empty. Choose the picture again."),
        "too_large": _("The picture is larger than %(megabytes)s MB. Save it smaller and try again."),
        "not_a_picture": _("This is no JPEG, PNG or WebP picture, whatever its name says. Save it as one of these."),
        "too_many_pixels": _("The picture has more than %(pixels)s million pixels. Save it smaller and try again."),
        "too_small": _("The picture is narrower or lower than %(side)s pixels. Choose a larger one."),
        "too_many_frames": _("This animation has more than %(frames)s frames. Save its best frame as a picture."),
        "too_heavy": _("Drawing this picture takes too much time or memory. Save it anew as JPEG and try again."),
    }
    broken = _("The picture is damaged and can't be read. Open it in a picture editor and save it anew.")
    return sentences.get(code, broken) % figures
