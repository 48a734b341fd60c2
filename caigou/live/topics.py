"""What a page can follow, by the words that it uses: ``order.<public id>``, ``inquiry.…``, ``import.…``, ``company``.

Each is looked up in what the person may see, exactly as the page itself does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from caigou.catalogue.models import ImportRun
from caigou.jobs.changes import Kind, topic
from caigou.kernel.actor import Actor
from caigou.negotiation.models import Inquiry
from caigou.orders.models import Order

#: A page of imports follows as many as it lists.
MOST = 30
#: The person's own company: what the menu counts, and the wallet.
COMPANY = "company"

_SEEN: dict[Kind, Callable[[Actor], QuerySet[Any]]] = {
    "order": Order.objects.visible_to,
    "inquiry": Inquiry.objects.visible_to,
    "import": ImportRun.objects.visible_to,
}


def topics_of(words: Iterable[str], actor: Actor) -> dict[str, str]:
    """Return the words by their topics; a thing that this person can't see is left out, as if it weren't there."""
    wanted: dict[str, list[str]] = {}
    for word in list(words)[:MOST]:
        kind, _dot, public_id = word.partition(".")
        wanted.setdefault(kind, []).append(public_id)
    found = {}
    if COMPANY in wanted and actor.company_id is not None:
        found[topic("company", actor.company_id)] = COMPANY
    for kind, seen in _SEEN.items():
        if kind in wanted:
            rows = seen(actor).filter(public_id__in=wanted[kind]).values_list("pk", "public_id")
            found |= {topic(kind, pk): f"{kind}.{public_id}" for pk, public_id in rows}
    return found
