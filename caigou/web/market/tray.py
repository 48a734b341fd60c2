"""The tray: two to five goods to put beside each other, ticked in lists and kept while the reader goes on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.cards import cards_named
from caigou.kernel.actor import Actor
from caigou.ui.shapes import Hit
from caigou.web.market.goods import hit_of
from caigou.web.market.kept import MOST_COMPARED, keep_tray, sound, tray_of
from caigou.web.market.wanted import parse_quantity


@dataclass(frozen=True, slots=True)
class InTray:
    """One product of the tray, and the address that takes it out."""

    hit: Hit
    drop_href: str


@dataclass(frozen=True, slots=True)
class Tray:
    """What is in the tray. ``refused`` is the public id of the one that was ticked and doesn't fit any more."""

    goods: list[InTray]
    quantity: int | None = None
    refused: str = ""
    #: Whether the reader can ask for offers, or could once signed in.
    may_ask: bool = False

    @property
    def is_full(self) -> bool:
        return len(self.goods) >= MOST_COMPARED

    @property
    def most(self) -> int:
        return MOST_COMPARED

    @property
    def href(self) -> str:
        """The address of the comparison: it can be kept, and sent to a colleague."""
        return compare_href([one.hit.product.public_id for one in self.goods], self.quantity)  # type: ignore[attr-defined]


def compare_href(ids: list[str], quantity: int | None) -> str:
    """Return the address at which these goods stand beside each other."""
    return f"{reverse('web:compare')}?{_named(ids, quantity)}"


def ask_all_href(ids: list[str], quantity: int | None) -> str:
    """Return the address at which a buyer asks for offers of all these goods."""
    return f"{reverse('web:ask_all')}?{_named(ids, quantity)}"


def _named(ids: list[str], quantity: int | None) -> str:
    return urlencode([("p", one) for one in ids] + ([("quantity", str(quantity))] if quantity else []))


def tray_shown(ids: list[str], quantity: int | None, *, actor: Actor | None, back: str, refused: str = "") -> Tray:
    """Return the tray as a page shows it; goods that ``actor`` can't see any more drop out. At most one query."""
    goods = []
    for card in cards_named(ids, actor=actor):
        drop = {"drop": card.public_id, "next": back}
        goods.append(InTray(hit_of(card, quantity), f"{reverse('web:tray')}?{urlencode(drop)}"))
    return Tray(goods, quantity, refused, may_ask=len(goods) > 1 and (actor is None or actor.role == "buyer"))


def tray_context(request: Any, quantity: int | None, *, back: str, here: Collection[str] = ()) -> dict[str, Any]:
    """Return what a page needs to show the tray; ``here`` are the goods that have a box on the page.

    What of the tray has none is ``elsewhere``: the form brings it along. At most one query.
    """
    ids = tray_of(request)
    return {
        "tray": tray_shown(ids, quantity, actor=request.actor, back=back),
        "elsewhere": [one for one in ids if one not in here],
    }


@require_safe
@access(PUBLIC)
def tray(request: Any) -> HttpResponse:
    """Put a product into the tray or take it out, and show it; without a script, go back to where that was pressed.

    ``one`` is the product whose box was ticked, ``p`` repeats it while it is ticked; ``drop`` takes one out.
    """
    ids, one, drop = tray_of(request), request.GET.get("one", ""), request.GET.get("drop", "")
    ticked = one != "" and one in request.GET.getlist("p")
    refused = one if ticked and one not in ids and len(ids) >= MOST_COMPARED else ""
    ids = [each for each in ids if each not in {one if not ticked else "", drop}]
    ids = sound([*ids, one] if ticked else ids, MOST_COMPARED)
    back = _back(request)
    if request.htmx:
        quantity = parse_quantity(request.GET.get("quantity")) or None
        shown = tray_shown(ids, quantity, actor=request.actor, back=back, refused=refused)
        response = render(request, "web/market/tray.html", {"tray": shown})
    else:
        response = redirect(back)
    keep_tray(response, ids)
    return response


def _back(request: Any) -> str:
    """Return the page from which the tray was pressed, only ever one of ours."""
    wanted = request.GET.get("next", "") or (request.htmx.current_url_abs_path if request.htmx else "") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return str(wanted)
    return reverse("web:search")
