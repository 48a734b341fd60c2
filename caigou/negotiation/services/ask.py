"""Ask a supplier for an offer (F7, F8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product, ProductStatus
from caigou.catalogue.pricing import is_valid_quantity, next_valid_quantity
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.negotiation.events import InquirySent
from caigou.negotiation.models import Inquiry
from caigou.negotiation.services.steps import record

MOST_UNITS = 100_000_000
LONGEST_WISH = 4_000


@transaction.atomic
def ask_for_offer(
    product_id: int,
    *,
    quantity: int,
    wish: str,
    language: str,
    by: Actor,
    once: str = "",
    mix: Mapping[str, int] | None = None,
) -> Inquiry:
    """Ask the product's supplier for an offer of ``quantity`` units.

    ``mix`` says how many of which variant, by the variant's public id; the words that name the variants are kept
    with the inquiry, so that a later change of the listing changes nothing of what was asked. Without it the
    quantity is not divided yet.
    ``once`` names the form that was sent: a second sending of it returns the first inquiry.

    Raises ``BadInput`` (field ``quantity``) below the MOQ or off the multiple, with the next valid quantity, or
    (field ``mix``) when the parts don't make the quantity or a variant isn't the product's; ``NotAllowed`` for
    anyone but a buyer. A quantity that is not listed may still be asked for through the
    wish; the supplier decides.
    """
    if by.role != "buyer" or by.company_id is None:
        raise NotAllowed(_("Only buyers ask for offers."))
    product = Product.objects.visible_to(by).select_related("supplier").get(pk=product_id)
    if product.status != ProductStatus.LISTED:
        raise BadInput(_("This product is no longer listed."))
    _check_quantity(product, quantity)
    values = {
        "seller_id": product.supplier.company_id,
        "product": product,
        "quantity": quantity,
        "mix": _divided(product, quantity, mix or {}),
        "wish": wish.strip()[:LONGEST_WISH],
        "language": language,
        "by_id": by.user_id,
    }
    if once:
        inquiry, new = Inquiry.objects.get_or_create(buyer_id=by.company_id, once=once, defaults=values)
    else:
        inquiry, new = Inquiry.objects.create(buyer_id=by.company_id, **values), True
    if not new:
        return inquiry
    record(inquiry, "asked", by=by)
    publish(InquirySent(inquiry_id=inquiry.pk))
    return inquiry


def _check_quantity(product: Product, quantity: int) -> None:
    if quantity > MOST_UNITS:
        raise BadInput(_("Ask for at most %(most)s.") % {"most": MOST_UNITS}, fields={"quantity": MOST_UNITS})
    if is_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=quantity):
        return
    following = next_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=quantity)
    raise BadInput(
        _("At least %(moq)s, in steps of %(multiple)s. The next valid quantity is %(next)s.")
        % {"moq": product.moq, "multiple": product.order_multiple, "next": following},
        fields={"quantity": following},
    )


def _divided(product: Product, quantity: int, mix: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the mix as it is kept, in the order of the listing."""
    parts = {public_id: many for public_id, many in mix.items() if many}
    if not parts:
        return []
    variants = {variant.public_id: variant for variant in product.variants.all()}
    if not parts.keys() <= variants.keys():
        raise BadInput(_("One of these variants is no longer listed. Divide the quantity again."), fields={"mix": ""})
    if min(parts.values()) < 0 or sum(parts.values()) != quantity:
        raise BadInput(
            _("The variants must come to %(quantity)s in all.") % {"quantity": quantity}, fields={"mix": quantity}
        )
    return [
        {
            "public_id": public_id,
            "label_en": variant.label_en,
            "label_zh": variant.label_zh,
            "quantity": parts[public_id],
        }
        for public_id, variant in variants.items()
        if public_id in parts
    ]
