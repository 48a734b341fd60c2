"""What racing processes do with one offer: each verb answers ``ok`` or the code of its refusal."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from caigou.kernel.actor import Actor


def _said(verb: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    from caigou.kernel.errors import DomainError

    time.sleep(random.uniform(0, 0.004))  # so that now the one, now the other is first
    try:
        verb(*arguments, **named)
    except DomainError as refused:
        return refused.code
    return "ok"


def accept(offer_id: int, by: Actor) -> str:
    from caigou.negotiation.services.answer import accept_offer

    return _said(accept_offer, offer_id, by=by)


def decline(offer_id: int, by: Actor) -> str:
    from caigou.negotiation.services.answer import decline_offer

    return _said(decline_offer, offer_id, by=by)


def withdraw(offer_id: int, by: Actor) -> str:
    from caigou.negotiation.services.offer import withdraw_offer

    return _said(withdraw_offer, offer_id, by=by)


def replace(inquiry_id: int, by: Actor) -> str:
    """Make an offer of the next round."""
    from caigou.negotiation.models import Inquiry
    from caigou.negotiation.services.offer import make_offer
    from tests.support.factories import terms_for

    inquiry = Inquiry.objects.select_related("product").get(pk=inquiry_id)
    return _said(make_offer, inquiry_id, terms_for(inquiry), by=by)
