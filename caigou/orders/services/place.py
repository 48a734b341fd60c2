"""Place an order under an accepted offer (F10)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Address
from caigou.catalogue.pricing import is_valid_quantity, next_valid_quantity, previous_valid_quantity
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, DomainError, NotAllowed
from caigou.negotiation.models import Offer, OfferStatus
from caigou.orders.events import OrderPlaced
from caigou.orders.models import Order
from caigou.orders.services.steps import record


@transaction.atomic
def place_order(offer_id: int, *, quantity: int, address_id: int, by: Actor) -> Order:
    """Order ``quantity`` units at the price sealed with the offer, to one of the buyer's addresses.

    One offer makes one order: placing it again returns the first one. Raises ``BadInput`` (field ``quantity``)
    below the offer's MOQ, off its multiple or above what was offered, with a valid quantity; ``NotAllowed`` for
    anyone but the buyer, and for an address of another company.
    """
    offer = Offer.objects.select_for_update(of=("self",)).select_related("inquiry").get(pk=offer_id)
    inquiry = offer.inquiry
    if by.role != "buyer" or by.company_id != inquiry.buyer_id:
        raise NotAllowed(_("Only the company that accepted the offer can order under it."))
    placed = Order.objects.filter(offer=offer).first()
    if placed is not None:
        return placed
    if offer.status != OfferStatus.ACCEPTED:
        raise DomainError(_("Accept the offer first; then order under it."))
    check_quantity(offer, quantity)
    address = Address.objects.visible_to(by).filter(pk=address_id).first()
    if address is None:
        raise NotAllowed(_("Choose one of your own addresses."), fields={"address": ""})
    order = Order.objects.create(
        buyer_id=inquiry.buyer_id,
        seller_id=inquiry.seller_id,
        offer=offer,
        product_id=inquiry.product_id,
        quantity=quantity,
        currency=offer.currency,
        unit_price_minor=offer.unit_price_minor,
        total_minor=offer.unit_price_minor * quantity,
        address=address.snapshot(),
        deliver_by=offer.deliver_by,
        placed_at=now(),
    )
    record(order, "placed", by=by)
    publish(OrderPlaced(order_id=order.pk))
    return order


def check_quantity(offer: Offer, quantity: int) -> None:
    """Refuse what the supplier didn't bind itself to, naming the nearest quantity that it did."""
    moq, multiple = offer.moq, offer.order_multiple
    if quantity > offer.quantity:
        raise BadInput(
            _("The offer is for at most %(most)s. Ask the supplier for a new one if you need more.")
            % {"most": offer.quantity},
            fields={"quantity": previous_valid_quantity(moq=moq, multiple=multiple, quantity=offer.quantity)},
        )
    if not is_valid_quantity(moq=moq, multiple=multiple, quantity=quantity):
        following = next_valid_quantity(moq=moq, multiple=multiple, quantity=quantity)
        raise BadInput(
            _("At least %(moq)s, in steps of %(multiple)s. The next valid quantity is %(next)s.")
            % {"moq": moq, "multiple": multiple, "next": following},
            fields={"quantity": following},
        )
