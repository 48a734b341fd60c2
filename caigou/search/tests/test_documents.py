"""What the index is told of a product is what the rest of the house says of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from caigou.catalogue.models import Category, Product, Variant
from caigou.catalogue.pricing import QuoteType
from caigou.kernel.clock import now
from caigou.search.documents import documents_of
from caigou.search.lexicon import PIECES
from caigou.search.models import Pending
from caigou.search.ports import Step
from caigou.search.services.ageing import note_aged
from caigou.search.tests.goods import product, supplier

pytestmark = pytest.mark.django_db


def test_the_steps_are_the_price_ladder_of_each_way_to_quote() -> None:
    seller = supplier()
    by_quantity = product("Mug", seller=seller, tiers={500: 1260, 100: 1380}, order_multiple=24)
    by_total = product("Cup", seller=seller, tiers={10: 900}, quote_type=QuoteType.BY_TOTAL)
    each = product("Vase", seller=seller, tiers={}, moq=12, quote_type=QuoteType.PER_VARIANT)
    for place, minor in enumerate((700, None, 650)):
        Variant.objects.create(product=each, external_id=str(place), unit_price_minor=minor)
    unpriced = product("Jug", seller=seller, tiers={}, quote_type=QuoteType.PER_VARIANT)
    told = {
        document.id: document.steps for document in documents_of([each.pk, by_total.pk, by_quantity.pk, unpriced.pk])
    }
    for made in (by_total, each, unpriced):
        ladder = Product.objects.get(pk=made.pk).tiers
        assert told[made.pk] == [Step(tier.from_quantity, tier.unit_price.minor) for tier in ladder]
    assert told[by_quantity.pk] == [Step(97, 1380), Step(481, 1260)]  # 97 is rounded up to 120, 481 to 504


def test_of_two_steps_that_the_order_multiple_makes_one_the_deeper_counts() -> None:
    """110 and 150 in hundreds: 101 and more are 200, which reach both; filters and orders took the price of 110."""
    made = product("Mug", seller=supplier(), tiers={110: 1000, 150: 900, 500: 800}, moq=100, order_multiple=100)
    (told,) = documents_of([made.pk])
    assert told.steps == [Step(101, 900), Step(401, 800)]


def test_what_is_stated_is_told_and_what_is_not_listed_is_not() -> None:
    mugs = Category.objects.create(slug="test-mugs", parent=Category.objects.create(slug="test-home", name_en="Home"))
    seller = supplier(kind="factory", qualification="verified_factory", city="Dehua")
    facts = [{"name_en": "Material", "value_en": "Glass", "value_zh": "玻璃"}]
    made = product("Mug", "杯", seller=seller, tiers={1: 1}, category=mugs, attributes=facts, sample_offered=True)
    hidden = product("Mug", seller=seller, tiers={1: 1}, status="withdrawn")
    (told,) = documents_of([made.pk, hidden.pk])
    assert (told.id, told.city, told.kind, told.verified_until) == (made.pk, "Dehua", "factory", date(2099, 1, 1))
    assert list(told.categories) == ["test-home", "test-mugs"]
    assert told.attributes == PIECES.join(["Home", "Glass", "玻璃"]), "also the names of the categories above its own"
    assert (told.sample, told.own_logo, told.lead_days, told.rating) == (True, False, None, None)
    assert told.quality == pytest.approx(0.35 + 0.1 + 0.1 * 3 / 6)


def test_a_qualification_that_has_lapsed_says_nothing_for_a_product() -> None:
    lapsed = supplier(qualification="verified_factory", verified_until=date(2020, 1, 1))
    (told,) = documents_of([product("Mug", seller=lapsed, tiers={1: 1}).pk])
    assert told.quality == pytest.approx(0.1), "as any new product"


@pytest.mark.slow
def test_what_was_sold_here_counts_and_each_further_unit_less() -> None:
    seller = supplier()
    goods = [product(f"Mug {units}", seller=seller, tiers={1: 1}, sold_here=units) for units in (0, 240, 24_000, 10**8)]
    told = {document.id: document.quality for document in documents_of([made.pk for made in goods])}
    gains = [told[made.pk] - told[goods[0].pk] for made in goods]
    assert gains == pytest.approx([0, 0.119, 0.219, 0.3], abs=0.001)


def test_a_product_that_nobody_changed_for_half_a_year_is_no_longer_new_and_is_looked_at_again() -> None:
    seller = supplier()
    new, old, ancient = (
        product("Mug", seller=seller, tiers={1: 1}, updated_at=now() - timedelta(days=days)) for days in (170, 181, 400)
    )
    told = {document.id: document.quality for document in documents_of([new.pk, old.pk, ancient.pk])}
    assert [told[made.pk] for made in (new, old, ancient)] == pytest.approx([0.1, 0, 0])
    Pending.objects.all().delete()
    assert note_aged() == 1
    assert [row.product_id for row in Pending.objects.all()] == [old.pk]
