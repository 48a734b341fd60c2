"""Building the index anew as a call: it takes minutes, so the worker does it under a lease, outside a transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs import calls
from caigou.jobs.models import Call
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import NotAllowed
from caigou.search.engine import index
from caigou.search.models import Pending
from caigou.search.services import reindex

#: The name of ``reindex_call`` in the table of calls.
REINDEX_CALL = "search.reindex"
#: Products between two extensions of the lease.
_BREATH = 1_000


@transaction.atomic
def request_reindex(*, by: Actor) -> bool:
    """Let the worker build the index anew; False when that is under way. Raises ``NotAllowed`` for non-staff."""
    if not (by.is_staff or by.is_system):
        raise NotAllowed(_("Only the platform's staff may do this."))
    if reindex_waits():
        return False
    calls.intend(REINDEX_CALL, {})
    return True


def join_scattered() -> int:
    """Let the index be built anew where a large import left it in many small parts; return whether it was asked for.

    A clock: it looks at one small file. Searching goes on meanwhile, changes wait until it is done.
    """
    return int(index().scattered() and not Pending.objects.exists() and request_reindex(by=SYSTEM))


def reindex_waits() -> bool:
    """Whether a rebuild that somebody asked for is not done yet."""
    return Call.objects.filter(function=REINDEX_CALL, done_at=None).exists()


def reindex_call(payload: dict[str, Any], key: str) -> None:
    """Build the index anew; searching goes on with the old one until then. Raises ``IndexBusy``: tried again later."""

    def breathe(done: int, total: int) -> None:
        if done % _BREATH == 0:
            calls.keep(key)

    reindex(breathe)
