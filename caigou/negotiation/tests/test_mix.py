"""How many of which variant: asked with the inquiry, sealed with the offer, never read from the listing again."""

from __future__ import annotations

import pytest

from caigou.catalogue.models import Product, QuoteKind, Variant
from caigou.kernel.errors import BadInput
from caigou.negotiation.models import Inquiry
from caigou.negotiation.sealing import canonical, seal_of
from caigou.negotiation.services.answer import accept_offer
from caigou.negotiation.services.ask import ask_for_offer
from tests.support.factories import Party, make_buyer, make_open_offer, make_product, make_supplier

pytestmark = pytest.mark.django_db


def glaze(en: str, zh: str) -> list[dict[str, str]]:
    return [{"name_en": "Glaze", "name_zh": "釉色", "value_en": en, "value_zh": zh}]


@pytest.fixture
def mugs() -> Product:
    product = make_product(make_supplier(), quote_type=QuoteKind.BY_TOTAL)
    for position, (en, zh) in enumerate([("Lake blue", "湖蓝"), ("Terracotta", "赤陶"), ("Sage", "")]):
        Variant.objects.create(product=product, external_id=en, position=position, options=glaze(en, zh))
    return product


def ask(product: Product, buyer: Party, quantity: int, **parts: int) -> Inquiry:
    ids = {variant.external_id.split()[0].lower(): variant.public_id for variant in product.variants.all()}
    mix = {ids.get(name, name): many for name, many in parts.items()}
    return ask_for_offer(product.pk, quantity=quantity, mix=mix, wish="", language="en", by=buyer.actor)


def test_a_mix_is_kept_in_the_words_of_the_listing(mugs: Product) -> None:
    inquiry = ask(mugs, make_buyer(), 480, terracotta=120, lake=360, sage=0)

    assert [(part["label_en"], part["label_zh"], part["quantity"]) for part in inquiry.mix] == [
        ("Lake blue", "湖蓝", 360),
        ("Terracotta", "赤陶", 120),
    ]


def test_a_later_change_of_the_listing_changes_nothing_of_what_was_asked(mugs: Product) -> None:
    inquiry = ask(mugs, make_buyer(), 480, sage=480)
    mugs.variants.all().delete()
    inquiry.refresh_from_db()

    assert [(part["label_en"], part["label_zh"]) for part in inquiry.mix] == [("Sage", "Sage")]


@pytest.mark.parametrize("parts", [{"lake": 479}, {"lake": 240, "sage": 239}, {"lake": 481, "sage": -1}])
def test_parts_that_do_not_make_the_quantity_are_refused(mugs: Product, parts: dict[str, int]) -> None:
    with pytest.raises(BadInput) as refused:
        ask(mugs, make_buyer(), 480, **parts)

    assert refused.value.fields == {"mix": 480}
    assert not Inquiry.objects.exists()


def test_a_variant_of_other_goods_is_refused(mugs: Product) -> None:
    other = Variant.objects.create(product=make_product(), external_id="X", options=glaze("Black", "黑"))
    with pytest.raises(BadInput, match="no longer listed"):
        ask(mugs, make_buyer(), 480, **{other.public_id: 480})


def test_a_quantity_need_not_be_divided(mugs: Product) -> None:
    assert ask(mugs, make_buyer(), 480).mix == []


def test_the_mix_is_under_the_seal(mugs: Product) -> None:
    buyer, supplier = make_buyer(), make_supplier("Seller of mugs")
    mugs.supplier = supplier.company.supplier
    mugs.save(update_fields=["supplier"])
    inquiry = ask(mugs, buyer, 480, lake=360, sage=120)
    offer = accept_offer(make_open_offer(inquiry, supplier).pk, by=buyer.actor)

    assert offer.sealed_terms["mix"] == inquiry.mix
    changed = {**offer.sealed_terms, "mix": [{**inquiry.mix[0], "quantity": 361}, inquiry.mix[1]]}
    assert seal_of(offer.sealed_terms) == offer.sealed_hash
    assert seal_of(changed) != offer.sealed_hash


def test_no_float_gets_under_a_seal_however_deep() -> None:
    with pytest.raises(TypeError, match=r"mix\.0\.quantity is a float"):
        canonical({"mix": [{"quantity": 1.5}]})
