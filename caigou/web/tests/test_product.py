"""One product's page and the request for an offer: in both languages, without JavaScript, refusals in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caigou.accounts.models import Company
from caigou.catalogue.models import Product, ProductPicture, ProductStatus, QuoteKind, Variant
from caigou.catalogue.settings import EXPRESS_DIVISOR
from caigou.files.models import Picture
from caigou.kernel.ids import new_public_id
from caigou.negotiation.models import Inquiry
from caigou.negotiation.services.answer import accept_offer
from caigou.negotiation.services.ask import ask_for_offer
from caigou.orders.services.place import place_order
from caigou.web.market.quantity import cartons, ladder, quantity_card
from caigou.web.market.wanted import field_of
from tests.hostile.inputs import BAD_TEXTS
from tests.support.factories import make_address, make_buyer, make_open_offer, make_product, make_supplier

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


def page(client: Client, route: str, *args: str, language: str = "en", **parameters: Any) -> Any:
    client.cookies["django_language"] = language
    return client.get(reverse(route, args=args), parameters)


def text(response: Any) -> str:
    return str(response.content.decode())


# --- One product --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_product_shows_both_titles_its_tiers_and_the_sum(language: str) -> None:
    product = make_product(tiers=((240, 13_80), (720, 12_60)))
    shown = text(page(Client(), "web:product", product.public_id, language=language, quantity="1200"))
    for words in (product.title_en, product.title_zh, "¥13.80", "¥12.60", "¥15,120.00"):
        assert words in shown


def test_what_is_missing_is_not_stated_and_never_zero() -> None:
    shown = text(page(Client(), "web:product", make_product().public_id))
    assert shown.count("not stated") == 9
    assert ">0<" not in shown


def test_the_source_says_that_nobody_verified_it() -> None:
    assert "not verified" in text(page(Client(), "web:product", make_product().public_id))


def test_a_supplier_reads_whose_words_they_are_and_no_name_space_of_ours() -> None:
    seller = make_supplier()
    for source in ("supplier:abc123", "desk:abc123"):
        product = make_product(seller, source=source, external_id=source)
        for client, route in ((Client(), "web:product"), (seller.client(), "web:product_edit")):
            shown = text(page(client, route, product.public_id))
            assert source not in shown
        assert "own catalogue" in text(page(Client(), "web:product", product.public_id))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1210", "Steps of 24 only. Use 1,200 or 1,224."),
        ("24", "The smallest order is 240."),
        ("a lot", "Write a whole number."),
        ("1.5", "Write a whole number."),
        ("-240", "Write a whole number."),
        ("999999999999", "Ask for at most 100,000,000."),
    ],
)
def test_a_quantity_that_cannot_be_ordered_gets_no_sum(typed: str, words: str) -> None:
    shown = text(page(Client(), "web:product", make_product().public_id, quantity=typed))
    assert words in shown
    assert "Choose a quantity that can be ordered" in shown


def test_a_withdrawn_product_is_gone_for_buyers_and_there_for_its_supplier() -> None:
    supplier = make_supplier()
    product = make_product(supplier, status=ProductStatus.WITHDRAWN)
    assert page(Client(), "web:product", product.public_id).status_code == 404
    assert page(make_supplier("Other").client(), "web:product", product.public_id).status_code == 404
    assert page(supplier.client(), "web:product", product.public_id).status_code == 200


def test_the_ladder_leaves_out_steps_below_the_smallest_order() -> None:
    product = make_product(moq=240, tiers=((1, 20_00), (100, 15_00), (240, 13_80), (720, 12_60)))
    spans = [(tier.from_quantity, tier.to_quantity) for tier in ladder(product, 240)]
    assert spans == [(240, 719), (720, None)]


def test_the_next_step_says_what_more_costs_or_saves() -> None:
    product = make_product(moq=24, tiers=((24, 10_00), (240, 5_00)))
    dearer = quantity_card(product, {"quantity": "24"})
    cheaper = quantity_card(product, {"quantity": "216"})
    assert dearer.better_words == "216 pcs more for ¥960.00, because all are then ¥5.00 each."
    assert cheaper.better_words == "24 pcs more cost ¥960.00 less in all, at ¥5.00 each."


def test_cartons_say_when_the_last_one_is_not_full() -> None:
    product = make_product(carton_pieces=24)
    assert cartons(product, 48) == "2 cartons"
    assert cartons(product, 50) == "3 cartons, the last not full"
    assert cartons(make_product(), 48) == ""


def test_a_product_without_a_price_is_not_priced_at_zero() -> None:
    card = quantity_card(make_product(tiers=()), {})
    assert card.total is None
    assert "ask for an offer" in str(card.rows[0].unpriced)


# --- Ask ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_buyer_asks_in_the_language_of_the_page(language: str) -> None:
    product, buyer = make_product(), make_buyer()
    assert page(buyer.client(), "web:ask", product.public_id, language=language).status_code == 200
    client = buyer.client()
    client.cookies["django_language"] = language
    answer = client.post(reverse("web:ask", args=[product.public_id]), {"quantity": "1,200", "wish": "  Blue.  "})
    inquiry = Inquiry.objects.get()
    assert answer.headers["Location"] == reverse("web:inquiry", args=[inquiry.public_id])
    assert (inquiry.quantity, inquiry.wish, inquiry.language) == (1200, "Blue.", language)


def test_a_refused_request_keeps_the_text_and_names_the_next_quantity() -> None:
    product = make_product()
    answer = (
        make_buyer()
        .client()
        .post(reverse("web:ask", args=[product.public_id]), {"quantity": "100", "wish": "Matt black, please."})
    )
    assert answer.status_code == 422
    assert "Matt black, please." in text(answer)
    assert "240" in text(answer)
    assert not Inquiry.objects.exists()


def test_taking_the_proposed_quantity_keeps_the_wish_and_sends_nothing() -> None:
    product = make_product()
    answer = (
        make_buyer()
        .client()
        .post(reverse("web:ask", args=[product.public_id]), {"quantity": "100", "wish": "Matt black.", "use": "240"})
    )
    assert answer.status_code == 200
    assert "Matt black." in text(answer)
    assert 'value="240"' in text(answer)
    assert not Inquiry.objects.exists()


def test_a_stranger_signs_in_first_and_comes_back_with_the_quantity() -> None:
    product = make_product()
    answer = page(Client(), "web:ask", product.public_id, quantity="480")
    assert answer.status_code == 302
    assert "quantity%3D480" in answer.headers["Location"]


@pytest.mark.parametrize("make", [make_supplier])
def test_only_buyers_ask(make: Any) -> None:
    assert page(make("Seller").client(), "web:ask", make_product().public_id).status_code == 403


def test_a_form_sent_twice_asks_once() -> None:
    buyer, product = make_buyer(), make_product(make_supplier())
    client = buyer.client()
    address = reverse("web:ask", args=[product.public_id])
    found = re.search(r'name="once" value="(\w+)"', client.get(address).content.decode())
    assert found
    form = {"quantity": str(product.moq), "wish": "Blue.", "once": found.group(1)}
    first, second = client.post(address, form), client.post(address, form)
    assert first.headers["Location"] == second.headers["Location"]
    client.post(address, {**form, "once": new_public_id()})
    assert Inquiry.objects.count() == 2


# --- Variants -----------------------------------------------------------------------------------------------------


def add_variants(product: Product, *prices: int | None, stock: int | None = None) -> list[Variant]:
    """Add a blue, a red and a green variant with these prices in minor units."""
    names = [("Blue", "蓝"), ("Red", "红"), ("Green", "绿")]
    return [
        Variant.objects.create(
            product=product,
            external_id=en,
            position=position,
            options=[{"name_en": "Colour", "name_zh": "颜色", "value_en": en, "value_zh": zh}],
            unit_price_minor=price,
            stock=stock,
        )
        for position, ((en, zh), price) in enumerate(zip(names, prices, strict=False))
    ]


@pytest.fixture
def by_total() -> Product:
    product = make_product(quote_type=QuoteKind.BY_TOTAL, tiers=((240, 13_80), (720, 12_60)))
    add_variants(product, None, None, None)
    return product


@pytest.fixture
def per_variant() -> Product:
    product = make_product(quote_type=QuoteKind.PER_VARIANT, tiers=())
    add_variants(product, 9_00, 8_00, None)
    return product


def parts(product: Product, **many: int) -> dict[str, str]:
    ids = {variant.external_id.lower(): variant.public_id for variant in product.variants.all()}
    return {f"v-{ids[name]}": str(number) for name, number in many.items()}


def divided(product: Product, **typed: Any) -> dict[str, int]:
    card = quantity_card(product, {name: str(value) for name, value in typed.items()})
    return {part.variant.external_id.lower(): part.quantity for part in card.chosen}


def test_variants_share_the_tier_that_their_sum_reaches(by_total: Product) -> None:
    card = quantity_card(by_total, parts(by_total, blue=480, red=240))
    assert (card.quantity, str(card.total)) == (720, "9072.00 CNY")


def test_each_variant_costs_its_own_price(per_variant: Product) -> None:
    shown = text(page(Client(), "web:product", per_variant.public_id, **parts(per_variant, blue=120, red=120)))
    for words in ("120 × ¥9.00", "120 × ¥8.00", "¥2,040.00", "¥8.00–9.00", "Unit price by variant"):
        assert words in shown


def test_a_list_says_that_its_price_is_the_cheapest_variants(per_variant: Product, by_total: Product) -> None:
    for product, said in ((per_variant, True), (by_total, False)):
        seller = text(page(Client(), "web:supplier", product.supplier.public_id))
        beside = text(page(Client(), "web:compare", p=product.public_id))
        assert [("cheapest variant" in shown) for shown in (seller, beside)] == [said, said]


def test_a_variant_without_a_price_gives_no_total(per_variant: Product) -> None:
    card = quantity_card(per_variant, parts(per_variant, blue=120, green=120))
    assert card.total is None
    assert card.rows[0].unpriced


def test_without_a_word_the_page_starts_at_the_price_that_lists_show(per_variant: Product) -> None:
    assert divided(per_variant) == {"red": 240}
    assert str(quantity_card(per_variant, {}).total) == "1920.00 CNY"


def test_a_changed_whole_is_divided_as_before(by_total: Product) -> None:
    typed = {"quantity": "960", "was": "720", **parts(by_total, blue=480, red=240)}
    assert divided(by_total, **typed) == {"blue": 720, "red": 240}


def test_a_changed_part_changes_the_whole(by_total: Product) -> None:
    typed = {"quantity": "720", "was": "720", **parts(by_total, blue=480, red=480)}
    assert quantity_card(by_total, typed).quantity == 960
    assert divided(by_total, **typed) == {"blue": 480, "red": 480}


def test_parts_that_were_all_taken_out_are_no_order(by_total: Product) -> None:
    card = quantity_card(by_total, {"quantity": "240", "was": "240", **parts(by_total, blue=0, red=0)})
    assert (card.quantity, card.error) == (0, "The smallest order is 240.")


def test_a_part_that_is_no_number_is_said_so(by_total: Product) -> None:
    typed = {f"v-{by_total.variants.all()[0].public_id}": "some"}
    assert quantity_card(by_total, typed).error == "Write a whole number."


def test_the_next_step_is_proposed_with_the_mix(by_total: Product) -> None:
    card = quantity_card(by_total, parts(by_total, blue=360, red=240))
    blue, red, _green = by_total.variants.all()
    assert card.better_href == f"?quantity=720&v-{blue.public_id}=480&v-{red.public_id}=240"


@pytest.mark.parametrize("language", LANGUAGES)
def test_variants_are_shown_with_their_stated_stock(language: str) -> None:
    product = make_product()
    add_variants(product, None, None, stock=1_200)
    Variant.objects.filter(external_id="Red").update(stock=None)
    shown = text(page(Client(), "web:product", product.public_id, language=language))
    assert ("Blue" if language == "en" else "蓝") in shown
    assert "1,200" in shown
    if language == "en":
        assert shown.count("stock not stated") == 1


def test_the_mix_goes_with_the_request(by_total: Product) -> None:
    buyer = make_buyer().client()
    form = {"quantity": "480", "was": "480", "wish": "", **parts(by_total, blue=240, green=240)}
    answer = buyer.post(reverse("web:ask", args=[by_total.public_id]), form)
    inquiry = Inquiry.objects.get()
    assert answer.status_code == 302
    assert [(part["label_en"], part["quantity"]) for part in inquiry.mix] == [("Blue", 240), ("Green", 240)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mix_stands_on_every_page_from_request_to_order(language: str) -> None:
    buyer, supplier = make_buyer(), make_supplier()
    product = make_product(supplier, quote_type=QuoteKind.PER_VARIANT, tiers=())
    blue, red = add_variants(product, 9_00, 8_00)
    inquiry = ask_for_offer(
        product.pk,
        quantity=480,
        mix={blue.public_id: 360, red.public_id: 120},
        wish="",
        language="en",
        by=buyer.actor,
    )
    product.variants.all().delete()
    words = ("Blue", "Red", "360", "120") if language == "en" else ("蓝", "红", "360", "120")
    offer = make_open_offer(inquiry, supplier)
    pages = [
        page(buyer.client(language), "web:inquiry", inquiry.public_id, language=language),
        page(supplier.client(language), "web:inquiry", inquiry.public_id, language=language),
        page(supplier.client(language), "web:offer_new", inquiry.public_id, language=language),
        page(buyer.client(language), "web:offer_accept", offer.public_id, language=language),
    ]
    accept_offer(offer.pk, by=buyer.actor)
    order = place_order(offer.pk, quantity=480, address_id=make_address(buyer).pk, by=buyer.actor)
    pages.append(page(buyer.client(language), "web:order", order.public_id, language=language))
    for shown in pages:
        assert shown.status_code == 200
        assert not [word for word in words if word not in text(shown)]


def test_the_list_price_of_a_mix_is_the_span_of_its_variants(per_variant: Product) -> None:
    buyer = make_buyer()
    quantity = {variant.public_id: 120 for variant in per_variant.variants.all() if variant.unit_price_minor}
    inquiry = ask_for_offer(per_variant.pk, quantity=240, mix=quantity, wish="", language="en", by=buyer.actor)
    assert "¥8.00–9.00" in text(page(buyer.client(), "web:inquiry", inquiry.public_id))


@pytest.mark.slow
def test_no_bad_part_is_a_fault_of_ours(by_total: Product) -> None:
    client = make_buyer().client()
    fields = [field_of(variant) for variant in by_total.variants.all()]
    for bad in BAD_TEXTS.values():
        typed = {"quantity": "240", "was": bad, fields[0]: bad, fields[1]: "240"}
        plain = {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}
        assert page(client, "web:product", by_total.public_id, **plain).status_code == 200
        answer = client.post(reverse("web:ask", args=[by_total.public_id]), {**plain, "wish": ""})
        assert answer.status_code in {302, 400, 422}


def test_a_variant_of_other_goods_is_not_asked_for(by_total: Product) -> None:
    other = add_variants(make_product(), None)[0]
    card = quantity_card(by_total, {"quantity": "240", f"v-{other.public_id}": "999"})
    assert card.mix == {by_total.variants.all()[0].public_id: 240}


# --- What the supplier states -------------------------------------------------------------------------------------


CARTON: dict[str, Any] = {
    "carton_pieces": 24,
    "carton_length_mm": 460,
    "carton_width_mm": 340,
    "carton_height_mm": 280,
    "carton_weight_g": 10_300,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_stated_stands_on_the_page(language: str) -> None:
    product = make_product(
        **CARTON,
        description_en="Fired twice.",
        description_zh="二次烧成。",
        attributes=[{"name_en": "Material", "name_zh": "材质", "value_en": "Stoneware", "value_zh": "炻器"}],
        weight_g=382,
        lead_days=25,
        hs_code="691200",
        rating_tenths=47,
        rating_count=212,
        sold=5_400,
        sample_offered=True,
        sample_price_minor=68_00,
        sample_most=3,
        sample_days=7,
        customisation=[
            {"kind": "logo", "moq": 500, "setup_fee_minor": 600_00, "unit_surcharge_minor": 60, "days": 4,
             "note_en": "One colour.", "note_zh": "单色。"},
        ],
        source="import:demo",
        source_url="https://goods.example/691",
    )  # fmt: skip
    shown = text(page(Client(), "web:product", product.public_id, language=language, quantity="1200"))
    figures = [
        "382 g", "46 × 34 × 28 cm", "10.3 kg", "6912.00", "4.7", "212", "5,400", "¥68.00", "¥600.00", "¥0.60",
        "2.190 m³", "515 kg", "50", "import:demo", 'href="https://goods.example/691"',
    ]  # fmt: skip
    words = (
        [
            "212 ratings, at the source",
            "Fired twice.",
            "Stoneware",
            "One colour.",
            "25 days",
            "7 days",
            "Your logo",
            "Yiwu",
        ]
        if language == "en"
        else ["二次烧成。", "炻器", "单色。", "义乌"]
    )
    missing = [piece for piece in (*figures, *words) if piece not in shown]
    assert not missing


def test_the_billed_weight_follows_the_houses_divisor() -> None:
    light = {**CARTON, "carton_weight_g": 5_000}
    shown = text(page(Client(), "web:product", make_product(**light).public_id, quantity="240"))
    one = -(-460 * 340 * 280 // EXPRESS_DIVISOR.default)
    assert f"{one * 10 / 1000:.2f}".rstrip("0") + " kg" in shown
    assert "by volume, 5,000 cm³ per kg" in shown
    assert "by volume, 6,000 cm³ per kg" in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sample_offered": None}, "Whether samples are sent is not stated"),
        ({"sample_offered": False}, "sends no samples"),
        ({"sample_offered": True, "sample_price_minor": 0}, "Ask for a sample, free"),
        ({"sample_offered": True}, "Ask for a sample<"),
    ],
)
def test_what_is_said_of_samples_is_said_exactly(fields: dict[str, Any], words: str) -> None:
    assert words in text(page(Client(), "web:product", make_product(**fields).public_id))


def test_asking_for_a_sample_starts_with_the_words_for_it() -> None:
    shown = page(make_buyer().client(), "web:ask", make_product().public_id, sample="yes")
    assert "what a sample costs" in text(shown)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x.example/", "//x.example/", "data:text/html,x"])
def test_no_address_but_a_web_page_becomes_a_link(address: str) -> None:
    product = make_product(source_url=address)
    assert address not in text(page(Client(), "web:product", product.public_id))


@pytest.mark.parametrize(
    "rows", [None, "logo", [None, 3], [{"kind": "logo", "moq": "many", "setup_fee_minor": 1.5, "days": -1}]]
)
def test_what_cannot_be_read_of_customisation_breaks_nothing(rows: Any) -> None:
    product = make_product()
    Product.objects.filter(pk=product.pk).update(customisation=rows if rows is not None else {})
    assert page(Client(), "web:product", product.public_id).status_code == 200


def test_pictures_are_shown_once_and_the_chosen_variants_comes_first() -> None:
    product = make_product()
    first, second = (Picture.objects.create(sha256=sign * 64, width=960, height=960) for sign in "ab")
    for position, picture in enumerate((first, second)):
        ProductPicture.objects.create(product=product, picture=picture, position=position)
    blue, red = add_variants(product, None, None)
    Variant.objects.filter(pk=red.pk).update(picture=second)
    shown = text(page(Client(), "web:product", product.public_id, quantity="240", **parts(product, red=240)))
    assert shown.count('class="gallery-radio"') == 2
    assert 'value="2" checked' in shown
    assert "Pictures by the supplier, not verified" in shown
    other = text(page(Client(), "web:product", product.public_id, quantity="240", **parts(product, blue=240)))
    assert 'value="1" checked' in other
    assert blue.pk != red.pk


def test_prices_come_with_an_estimate_in_the_readers_currency() -> None:
    client = Client()
    client.cookies["currency"] = "USD"
    shown = text(page(client, "web:product", make_product().public_id))
    assert 'data-sure="estimate"' in shown or "No rate for USD" in shown


def test_the_page_asks_the_database_six_times_at_most() -> None:
    product = make_product(**CARTON)
    add_variants(product, None, None, None)
    for sign in "abcdef":
        picture = Picture.objects.create(sha256=sign * 64, width=960, height=960)
        ProductPicture.objects.create(product=product, picture=picture)
    client = Client()
    page(client, "web:product", product.public_id)  # rates and settings are remembered for some seconds
    with CaptureQueriesContext(connection) as queries:
        page(client, "web:product", product.public_id)
    assert len(queries) <= 6, [query["sql"][:90] for query in queries]
    assert Company.objects.exists()
