"""Ask several suppliers in one step, each about one product (F7, F15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput
from caigou.negotiation.models import Inquiry
from caigou.negotiation.services.ask import ask_for_offer


@dataclass(frozen=True, slots=True)
class Asked:
    """One product of the step: ``quantity`` in its units, ``once`` the line of the form that was sent."""

    product_id: int
    quantity: int
    once: str = ""


@transaction.atomic
def ask_for_offers(asked: Sequence[Asked], *, wish: str, language: str, by: Actor) -> list[Inquiry]:
    """Ask the supplier of each product for an offer, in the same words: all of them, or none.

    Each product is an inquiry of its own, also where two are of one supplier, as if asked one by one; quantities
    are not divided into variants yet. A line that was sent before (``once``) gives its first inquiry.

    Raises what ``ask_for_offer`` raises, and ``BadInput`` for a product that ``by`` can't see any more; then nothing
    was asked.
    """
    try:
        return [
            ask_for_offer(one.product_id, quantity=one.quantity, wish=wish, language=language, once=one.once, by=by)
            for one in asked
        ]
    except Product.DoesNotExist:
        raise BadInput(_("This product is no longer listed.")) from None
