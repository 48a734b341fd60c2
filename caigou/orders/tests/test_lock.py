"""The lock of an order tells what the model would, and finds what its reader may see."""

from __future__ import annotations

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from caigou.kernel.actor import SYSTEM
from caigou.orders.models import Order
from caigou.orders.services.lock import lock_order, lock_seen
from tests.support.factories import make_buyer, make_deal, make_staff, make_supplier

pytestmark = pytest.mark.django_db


@transaction.atomic
def test_a_locked_order_is_the_one_that_the_model_reads() -> None:
    placed = make_deal().place()
    read, locked = Order.objects.select_related("buyer", "seller", "product", "offer").get(), lock_order(placed.pk)
    for field in Order._meta.concrete_fields:
        assert getattr(locked, field.attname) == getattr(read, field.attname), field.name
    assert (locked.buyer.name_en, locked.seller.name_zh) == (read.buyer.name_en, read.seller.name_zh)
    assert (locked.product.title_zh, locked.offer.public_id) == (read.product.title_zh, read.offer.public_id)


@transaction.atomic
def test_who_may_not_see_an_order_locks_none() -> None:
    deal = make_deal()
    placed = deal.place()
    everybody = [make_staff(), deal.buyer, deal.supplier, make_buyer("Somebody else"), make_supplier("Another one")]
    for actor in (SYSTEM, *(party.actor for party in everybody)):
        shown = Order.objects.visible_to(actor).filter(pk=placed.pk).exists()
        try:
            assert lock_seen(placed.public_id, actor) == placed
            assert shown
        except ObjectDoesNotExist:
            assert not shown
