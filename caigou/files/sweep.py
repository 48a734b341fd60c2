"""Pictures that nothing refers to: marked when they are found, taken away when nobody wanted them back for a month.

A picture is in use while a row points at it, whatever its table, or a text names it: who stores such texts answers
``NAMED_PICTURES``. Whoever wants to show a picture gets it from ``store_picture``, which takes the mark away and locks
the row; so the two can't miss each other, and what is taken away can be uploaded again at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models import Exists, ManyToOneRel, OuterRef, Q

from caigou.files import folder
from caigou.files.models import Picture
from caigou.files.shown import kept_widths
from caigou.jobs.seldom import is_turn
from caigou.jobs.worker import each_due
from caigou.kernel.clock import now
from caigou.kernel.registry import Registry

log = structlog.get_logger(__name__)

#: How long a picture stays after it was found in no use: a gallery may be put together anew, a backup brought back.
KEPT_UNUSED: Final = timedelta(days=30)
#: What was stored so lately may still wait for the row that will point at it.
NEW: Final = timedelta(days=1)
#: Marked, and taken away, in one round at most.
AT_ONCE: Final = 500
_EVERY_SECONDS: Final = 3_600
_DONE: Final = "files.sweep"

#: Each answers the hashes of the pictures that its texts name.
NAMED_PICTURES: Registry[Callable[[], Iterable[str]]] = Registry("Which pictures do texts name?")


def sweep_hourly() -> int:
    """Clock: sweep once an hour, whichever worker comes first; return how many pictures were taken away."""
    return sweep() if is_turn(_DONE, _EVERY_SECONDS) else 0


def sweep() -> int:
    """Mark what is found in no use, unmark what is used again, and take away what is marked for 30 days."""
    used = _used()
    Picture.objects.filter(used, unused_since__isnull=False).update(unused_since=None)
    found = Picture.objects.filter(~used, unused_since=None, stored_at__lt=now() - NEW).order_by("pk")
    Picture.objects.filter(pk__in=list(found.values_list("pk", flat=True)[:AT_ONCE])).update(unused_since=now())
    due = Picture.objects.filter(unused_since__lte=now() - KEPT_UNUSED).order_by("unused_since", "pk")
    return each_due(due.values_list("pk", flat=True)[:AT_ONCE], _take_away)


def _used() -> Q:
    """Return the condition that something refers to a picture."""
    named = {sha256 for answer in NAMED_PICTURES for sha256 in answer()}
    fields = Picture._meta.get_fields(include_hidden=True)  # noqa: SLF001  Django's documented way to ask
    rows = (
        Q(Exists(pointing.related_model._base_manager.filter(**{pointing.field.name: OuterRef("pk")})))  # noqa: SLF001
        for pointing in fields
        if isinstance(pointing, ManyToOneRel)
    )
    return reduce(or_, rows, Q(sha256__in=named))


@transaction.atomic
def _take_away(picture_id: int) -> bool:
    """Remove a picture's row and files; False when it was wanted back or is in use after all.

    The database is asked for pointing rows before the files go, so what goes wrong leaves the picture as it was. Should
    the machine stop between files and commit, a row without files is left: in no use, and the next round takes it.
    """
    due = Picture.objects.filter(pk=picture_id, unused_since__lte=now() - KEPT_UNUSED)
    picture = due.filter(~_used()).select_for_update(of=("self",)).first()
    if picture is None:
        return False
    sha256, widths = picture.sha256, kept_widths(picture.width)
    picture.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for width in widths:
        folder.remove(sha256, width)
    log.info("picture swept", picture=sha256[:12])
    return True
