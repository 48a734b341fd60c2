"""Tell whoever has a page open that what it shows has changed, after the commit that changed it (F12).

Only that something changed is told, never what: the page is asked for again and looks itself at who may see it.
A name on the channel is a keyed hash, so that neither a browser nor a log learns how many orders there are.
Who listens is the process of live updates (docs/decisions/0030-live-updates.md); when nobody does, nothing is lost.
"""

from __future__ import annotations

from typing import Literal

from django.utils.crypto import salted_hmac

from caigou.jobs.notices import notify_at_commit

#: The PostgreSQL channel on which pages are told.
CHANNEL = "caigou_changes"

#: What a page can follow; ``company``: everything that its menu counts and its wallet.
Kind = Literal["company", "import", "inquiry", "order"]


def topic(kind: Kind, pk: int) -> str:
    """Return the name under which the changes of one row are told."""
    return salted_hmac("caigou.changes", f"{kind}:{pk}", algorithm="sha256").hexdigest()[:32]


def changed(*rows: tuple[Kind, int]) -> None:
    """Tell, when the caller's transaction commits, that these rows changed; a row twice in it is told once."""
    notify_at_commit(CHANNEL, *(topic(*row) for row in rows))
