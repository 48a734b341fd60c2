"""The demonstration's goods are found by a picture of how they are drawn (F4)."""

from __future__ import annotations

from itertools import islice

import pytest

from caigou.catalogue.models import Product
from caigou.demo.looks import LOOKS, keep_looks, known_looks
from caigou.search.services.alike import nearest
from caigou.search.tests.goods import product, supplier
from tests.support.looks import made_of, wanted


def test_every_drawing_of_the_goods_is_known_as_it_looks_now() -> None:
    """Run ``python -m tests.support.looks`` when this fails."""
    assert made_of() in LOOKS.read_text(encoding="utf-8").splitlines()[0]
    assert known_looks().keys() == {(one.picture, one.hue, one.look) for one in wanted()}


@pytest.mark.django_db
def test_a_drawing_finds_its_product_first() -> None:
    seller = supplier()
    looks = dict(islice(known_looks().items(), 0, 40))
    for key, hue, look in looks:
        product(f"{key} {hue} {look}", seller=seller, tiers={1: 100}, drawing=key, hue=hue, look=look)

    assert keep_looks() == len(looks)

    for (key, hue, look), bits in islice(looks.items(), 0, 40, 8):
        first = Product.objects.get(pk=nearest([bits])[0])
        assert (first.drawing, first.hue, first.look) == (key, hue, look)
