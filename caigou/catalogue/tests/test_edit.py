"""Products written and changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from caigou.catalogue.models import Product, ProductStatus, QuoteKind
from caigou.catalogue.pricing import Tier
from caigou.catalogue.services.edit import (
    Custom,
    Packing,
    Service,
    Words,
    open_draft,
    save_packing,
    save_service,
    save_words,
)
from caigou.catalogue.services.listing import list_product, withdraw_product
from caigou.catalogue.services.prices import Prices, VariantFacts, save_prices, save_variants
from caigou.catalogue.services.seen import mark_of
from caigou.jobs.models import Delivery
from caigou.kernel.errors import BadInput, ChangedMeanwhile, NotAllowed
from caigou.kernel.money import Money
from tests.support.factories import Party, make_buyer, make_product, make_staff, make_supplier

pytestmark = pytest.mark.django_db


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def prices(*tiers: tuple[int, int], **changes: Any) -> Prices:
    values: dict[str, Any] = {
        "quote_type": QuoteKind.BY_QUANTITY,
        "currency": "CNY",
        "moq": 100,
        "tiers": [Tier(start, cny(minor)) for start, minor in tiers],
    }
    return Prices(**{**values, **changes})


def colour(en: str, zh: str) -> list[dict[str, str]]:
    return [{"name_en": "Colour", "name_zh": "颜色", "value_en": en, "value_zh": zh}]


@pytest.fixture
def supplier() -> Party:
    return make_supplier()


@pytest.fixture
def product(supplier: Party) -> Product:
    return make_product(supplier)


def test_a_draft_is_opened_priced_and_listed(supplier: Party) -> None:
    words = Words("", "  陶瓷  马克杯 ", unit="piece")
    draft = open_draft(supplier.company.supplier.pk, words, currency="CNY", moq=100, by=supplier.actor)
    assert (draft.status, draft.title_zh, draft.external_id) == (ProductStatus.DRAFT, "陶瓷 马克杯", draft.public_id)
    with pytest.raises(BadInput):
        list_product(draft.pk, by=supplier.actor)
    with pytest.raises(BadInput):  # a link that nothing is drawn for
        save_words(draft.pk, Words("\u3164", "\u200d"), by=supplier.actor)

    save_prices(draft.pk, prices((100, 13_80), (500, 12_60)), by=supplier.actor)

    assert list_product(draft.pk, by=supplier.actor).status == ProductStatus.LISTED


def test_who_took_it_off_sale_is_who_changed_it_last(product: Product, supplier: Party) -> None:
    save_words(product.pk, Words("Mug", ""), by=supplier.actor)
    staff = make_staff()

    withdraw_product(product.pk, by=staff.actor)

    product.refresh_from_db()
    assert product.edited_by == staff.user


def test_drafts_stay_with_their_supplier(supplier: Party) -> None:
    draft = open_draft(supplier.company.supplier.pk, Words("Mug", ""), currency="CNY", moq=1, by=supplier.actor)

    assert draft in Product.objects.visible_to(supplier.actor)
    for other in (make_supplier("Other").actor, make_buyer().actor, None):
        assert draft not in Product.objects.visible_to(other)


SAVE: dict[str, Callable[[Product, Any], object]] = {
    "words": lambda product, by: save_words(product.pk, Words("Mine now", ""), by=by),
    "packing": lambda product, by: save_packing(product.pk, Packing(carton_pieces=24), by=by),
    "service": lambda product, by: save_service(product.pk, Service(sample_offered=True), by=by),
    "prices": lambda product, by: save_prices(product.pk, prices((1, 1)), by=by),
    "variants": lambda product, by: save_variants(product.pk, [VariantFacts(colour("Blue", "蓝"))], by=by),
}


@pytest.mark.parametrize("part", SAVE)
def test_only_the_supplier_and_staff_change_a_product(part: str, product: Product, supplier: Party) -> None:
    for stranger in (make_supplier("Other"), make_buyer()):
        with pytest.raises(NotAllowed):
            SAVE[part](product, stranger.actor)
    assert not Delivery.objects.filter(event="catalogue.ProductChanged").exists()

    for allowed in (supplier, make_staff()):
        SAVE[part](product, allowed.actor)
        product.refresh_from_db()
        assert product.edited_by_id == allowed.user.pk
    assert Delivery.objects.filter(event="catalogue.ProductChanged").count() == 2


#: Each part with two things to say, of which the second overwrote the first unseen once.
TWICE: dict[str, Callable[[Product, int, Any, str], object]] = {
    "words": lambda product, n, by, seen: save_words(product.pk, Words(f"Mug {n}", ""), by=by, seen=seen),
    "packing": lambda product, n, by, seen: save_packing(product.pk, Packing(lead_days=n), by=by, seen=seen),
    "service": lambda product, n, by, seen: save_service(
        product.pk, Service(sample_offered=True, sample_price=cny(n)), by=by, seen=seen
    ),
    "prices": lambda product, n, by, seen: save_prices(product.pk, prices((1, n)), by=by, seen=seen),
    "variants": lambda product, n, by, seen: save_variants(
        product.pk, [VariantFacts(colour(f"Blue {n}", ""))], by=by, seen=seen
    ),
}


@pytest.mark.parametrize("part", TWICE)
def test_of_two_who_edit_at_once_the_second_is_told(part: str, product: Product, supplier: Party) -> None:
    opened = mark_of(product, part)
    TWICE[part](product, 7, supplier.actor, opened)

    with pytest.raises(ChangedMeanwhile):
        TWICE[part](product, 8, make_staff().actor, opened)

    now = Product.objects.get(pk=product.pk)
    TWICE[part](product, 8, supplier.actor, mark_of(now, part))  # having looked again
    for other in TWICE.keys() - {part, "prices", "variants"}:
        assert mark_of(now, other) == mark_of(product, other), "parts are edited side by side"


def test_what_is_typed_is_as_clean_as_what_a_file_brings(product: Product, supplier: Party) -> None:
    turned = "Mug \u202egnihton\u200b\x07"  # it would read backwards on a buyer's page
    save_words(product.pk, Words(turned, "", attributes=[{"name_en": turned, "value_en": "x"}]), by=supplier.actor)
    save_variants(product.pk, [VariantFacts(colour(turned, ""))], by=supplier.actor)

    product.refresh_from_db()
    variant = product.variants.get()
    for stored in (product.title_en, product.attributes[0]["name_en"], variant.options[0]["value_en"]):
        assert stored == "Mug gnihton"


def test_words_are_stored_clean(product: Product, supplier: Party) -> None:
    attribute = {"name_en": "Material", "name_zh": "材质", "value_en": "Stone ware", "value_zh": ""}
    save_words(
        product.pk,
        Words("Cafe\u0301  mug\n", "", "One\r\n  two \n", "", None, "set", [attribute]),
        by=supplier.actor,
    )

    product.refresh_from_db()
    assert product.title_en == "Café mug"
    assert product.description_en == "One\ntwo"
    assert product.attributes == [attribute]
    assert product.category is None


@pytest.mark.parametrize(
    "words",
    [
        Words("", " "),
        Words("x" * 301, ""),
        Words("", "x" * 201),
        Words("Mug", "", "x" * 10_001),
        Words("Mug", "", attributes=[{"name_en": "Material"}]),
        Words("Mug", "", attributes=[{"value_zh": "陶"}]),
    ],
)
def test_words_that_cant_be_used_change_nothing(words: Words, product: Product, supplier: Party) -> None:
    with pytest.raises(BadInput):
        save_words(product.pk, words, by=supplier.actor)
    product.refresh_from_db()
    assert product.title_en == "Reactive-glaze ceramic mug"


# --- Prices -------------------------------------------------------------------------------------------------------


def test_the_price_list_is_replaced(product: Product, supplier: Party) -> None:
    save_prices(product.pk, prices((500, 11_00), (50, 12_00), moq=50, order_multiple=10), by=supplier.actor)

    fresh = Product.objects.get(pk=product.pk)
    assert [(tier.from_quantity, tier.unit_price) for tier in fresh.tiers] == [(50, cny(12_00)), (500, cny(11_00))]
    assert (fresh.moq, fresh.order_multiple) == (50, 10)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (prices((100, 10_00), (200, 11_00)), "tiers"),  # the price rises with the quantity
        (prices((100, 10_00), (100, 9_00)), "tiers"),  # two prices from one quantity
        (prices((0, 10_00)), "tiers"),
        (prices((100, 0)), "tiers"),
        (prices((100, -5)), "tiers"),
        (prices(*((start, 1) for start in range(1, 22))), "tiers"),
        (prices((100, 10_00), moq=0), "moq"),
        (prices((100, 10_00), order_multiple=0), "order_multiple"),
        (prices((100, 10_00), moq=10**9), "moq"),
        (prices((100, 10_00), quote_type="by_moon"), "quote_type"),
        (prices((100, 10_00), currency="XXX"), "currency"),
        (prices((100, 10_00), currency="PTS"), "currency"),
        (prices((100, 10_00), currency="USD"), "tiers"),  # the sums are in yuan
        (prices(), "tiers"),  # on sale, and without a price
        (prices(quote_type=QuoteKind.PER_VARIANT), "variants"),  # on sale, and without variants
    ],
)
def test_a_wrong_price_list_changes_nothing(wrong: Prices, field: str, product: Product, supplier: Party) -> None:
    with pytest.raises(BadInput) as refused:
        save_prices(product.pk, wrong, by=supplier.actor)
    assert field in refused.value.fields
    assert [tier.unit_price.minor for tier in Product.objects.get(pk=product.pk).tiers] == [13_80, 12_60]


def test_fees_in_the_old_currency_keep_the_currency(product: Product, supplier: Party) -> None:
    save_service(product.pk, Service(sample_offered=True, sample_price=cny(30_00)), by=supplier.actor)
    dollars = prices(currency="USD", moq=1, tiers=[Tier(1, Money(2_00, "USD"))])

    with pytest.raises(BadInput):
        save_prices(product.pk, dollars, by=supplier.actor)

    save_service(product.pk, Service(sample_offered=True), by=supplier.actor)
    assert save_prices(product.pk, dollars, by=supplier.actor).currency == "USD"


def test_each_variant_has_its_price(product: Product, supplier: Party) -> None:
    save_variants(product.pk, [VariantFacts(colour("Blue", "蓝")), VariantFacts(colour("Red", ""))], by=supplier.actor)
    blue, red = product.variants.all()
    each = prices(quote_type=QuoteKind.PER_VARIANT, variants={blue.public_id: cny(9_00)})
    with pytest.raises(BadInput):  # red has none
        save_prices(product.pk, each, by=supplier.actor)

    both = prices(
        quote_type=QuoteKind.PER_VARIANT, variants={blue.public_id: cny(9_00), red.public_id: cny(8_00)}, moq=10
    )
    save_prices(product.pk, both, by=supplier.actor)

    fresh = Product.objects.get(pk=product.pk)
    assert fresh.quote.total({blue.pk: 10, red.pk: 5}) == cny(130_00)
    assert not fresh.price_tiers.exists()
    with pytest.raises(BadInput):  # a new one on sale needs its price at once
        save_variants(product.pk, [VariantFacts(colour("Green", "绿"))], by=supplier.actor)
    assert fresh.variants.count() == 2


def test_a_variant_that_stays_keeps_its_name(product: Product, supplier: Party) -> None:
    save_variants(
        product.pk, [VariantFacts(colour("Blue", "蓝")), VariantFacts(colour("Red", "红"))], by=supplier.actor
    )
    blue, red = product.variants.all()

    save_variants(
        product.pk,
        [
            VariantFacts(colour("Red", "红"), public_id=red.public_id, stock=0),
            VariantFacts(colour("Blue", "蓝")),
        ],
        by=supplier.actor,
    )

    first, second = product.variants.all()
    assert (first.pk, first.public_id, first.stock) == (red.pk, red.public_id, 0)
    assert second.pk != blue.pk


@pytest.mark.parametrize(
    "wrong",
    [
        [VariantFacts([])],
        [VariantFacts(colour("", ""))],
        [VariantFacts(colour("Blue", "")), VariantFacts(colour("Blue", ""))],
        [VariantFacts(colour(f"C{index}", "")) for index in range(41)],
        [VariantFacts(colour("Blue", ""), public_id="somebody-elses")],
        [VariantFacts(colour("Blue", ""), stock=-1)],
        [VariantFacts(colour("Blue", ""), weight_g=0)],
    ],
)
def test_variants_that_cant_be_told_apart_change_nothing(
    wrong: list[VariantFacts], product: Product, supplier: Party
) -> None:
    with pytest.raises(BadInput):
        save_variants(product.pk, wrong, by=supplier.actor)
    assert not product.variants.exists()


# --- Packing, samples, made to order ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("packing", "field"),
    [
        (Packing(carton_pieces=0), "carton_pieces"),
        (Packing(carton_length_mm=400), "carton_length_mm"),
        (Packing(carton_pieces=24, weight_g=450, carton_weight_g=9_000), "carton_weight_g"),
        (Packing(lead_days=4_000), "lead_days"),
        (Packing(hs_code="6912"), "hs_code"),
        (Packing(hs_code="69120٣"), "hs_code"),
        (Packing(weight_g=-1), "weight_g"),
    ],
)
def test_packing_that_cant_be_is_refused(packing: Packing, field: str, product: Product, supplier: Party) -> None:
    with pytest.raises(BadInput) as refused:
        save_packing(product.pk, packing, by=supplier.actor)
    assert field in refused.value.fields


def test_what_isnt_stated_is_stored_as_nothing(product: Product, supplier: Party) -> None:
    save_packing(product.pk, Packing(24, 400, 300, 250, 11_500, 450, 15, "691200"), by=supplier.actor)
    assert save_packing(product.pk, Packing(lead_days=0), by=supplier.actor).carton_pieces is None
    product.refresh_from_db()
    assert (product.lead_days, product.hs_code) == (0, "")


def test_what_is_made_to_order_is_kept_with_its_sums(product: Product, supplier: Party) -> None:
    logo = Custom("logo", 1_000, cny(300_00), cny(40), 7, "One colour", "单色")
    save_service(
        product.pk,
        Service(sample_offered=True, sample_price=cny(0), sample_most=2, sample_days=5, customisation=[logo]),
        by=supplier.actor,
    )

    product.refresh_from_db()
    assert (product.own_logo, product.sample_price_minor) == (True, 0)
    assert product.customisation == [
        {
            "kind": "logo",
            "moq": 1_000,
            "setup_fee_minor": 300_00,
            "unit_surcharge_minor": 40,
            "days": 7,
            "note_en": "One colour",
            "note_zh": "单色",
        }
    ]
    save_service(product.pk, Service(sample_offered=False, sample_price=cny(5)), by=supplier.actor)
    product.refresh_from_db()
    assert (product.own_logo, product.sample_offered, product.sample_price_minor) == (False, False, None)


@pytest.mark.parametrize(
    "service",
    [
        Service(customisation=[Custom("magic")]),
        Service(customisation=[Custom("logo"), Custom("logo")]),
        Service(sample_offered=True, sample_price=Money(1, "USD")),
        Service(customisation=[Custom("logo", setup_fee=cny(-1))]),
        Service(customisation=[Custom("logo", moq=0)]),
        Service(customisation=[Custom("logo", days=366)]),
        Service(sample_offered=True, sample_most=40_000),
        Service(sample_offered=True, sample_days=-1),
    ],
)
def test_service_that_cant_be_is_refused(service: Service, product: Product, supplier: Party) -> None:
    with pytest.raises(BadInput):
        save_service(product.pk, service, by=supplier.actor)
