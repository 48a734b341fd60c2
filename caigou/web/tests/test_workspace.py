"""A supplier writes, prices and shows its goods, and presents itself: all by plain forms."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from caigou.catalogue.models import Category, Product, ProductStatus, Supplier
from caigou.catalogue.services.prices import VariantFacts, save_variants
from caigou.files.tests import corpus
from caigou.kernel.money import Money
from tests.support.factories import Party, make_product, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PARTS = (
    "product_edit",
    "product_words",
    "product_prices",
    "product_variants",
    "product_packing",
    "product_service",
    "product_pictures",
)


def table(prefix: str, *rows: dict[str, Any], there: int = 0) -> dict[str, Any]:
    """Return what a browser sends for a table of fields."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": there}
    return sent | {f"{prefix}-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}


@pytest.fixture
def supplier() -> Party:
    return make_supplier()


@pytest.fixture
def client(supplier: Party) -> Client:
    return supplier.client()


@pytest.fixture
def product(supplier: Party) -> Product:
    return make_product(
        supplier,
        attributes=[{"name_en": "Material", "name_zh": "材质", "value_en": "Stoneware", "value_zh": "炻器"}],
        own_logo=True,
        customisation=[{"kind": "logo", "moq": 500, "setup_fee_minor": 300_00, "days": 7}],
    )


def url(product: Product, part: str) -> str:
    return reverse(f"web:{part}", args=[product.public_id])


def sent_back(client: Client, address: str) -> dict[str, Any]:
    """Return what a browser sends when a person saves the page as it is."""
    answer = client.get(address)
    context = answer.context
    forms = [
        context["form"],
        *(f for one in context.get("tables", ()) for f in [one.lines.management_form, *one.lines]),
    ]
    typed = {bound.html_name: bound.value() or "" for form in forms for bound in form}
    return {**typed, "seen": context["seen"]}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens_in_both_languages(part: str, language: str, product: Product, supplier: Party) -> None:
    assert supplier.client(language).get(url(product, part)).status_code == 200


@pytest.mark.parametrize(
    "part", ["product_words", "product_prices", "product_variants", "product_packing", "product_service"]
)
def test_saved_as_it_is_nothing_changes(part: str, product: Product, client: Client, supplier: Party) -> None:
    save_variants(
        product.pk,
        [VariantFacts([{"name_en": "Colour", "name_zh": "颜色", "value_en": "Blue", "value_zh": "蓝"}], stock=5)],
        by=supplier.actor,
    )
    before = everything(product)

    answer = client.post(url(product, part), sent_back(client, url(product, part)))

    assert answer.status_code == 302
    assert everything(product) == before


def test_who_opened_a_part_before_a_colleague_saved_it_is_told_and_may_decide(product: Product, client: Client) -> None:
    address = url(product, "product_words")
    opened = sent_back(client, address)
    client.post(address, {**opened, "title_en": "The colleague's mug"})

    mistyped = client.post(address, {**opened, "title_en": "x" * 301})
    assert f'name="seen" value="{opened["seen"]}"' in mistyped.content.decode(), "it must not pass by mistyping"
    told = client.post(address, {**opened, "title_en": "My mug"})
    assert told.status_code == 422
    assert "My mug" in told.content.decode(), "what was typed is kept"
    product.refresh_from_db()
    assert product.title_en == "The colleague's mug"

    seen = re.findall(r'name="seen" value="(\w+)"', told.content.decode())[0]
    assert client.post(address, {**opened, "title_en": "My mug", "seen": seen}).status_code == 302
    product.refresh_from_db()
    assert product.title_en == "My mug"


def everything(product: Product) -> dict[str, Any]:
    fresh: dict[str, Any] = dict(Product.objects.filter(pk=product.pk).values().get())
    for moving in ("updated_at", "edited_by_id"):
        fresh.pop(moving)
    fresh["tiers"] = list(
        product.price_tiers.order_by("from_quantity").values_list("from_quantity", "unit_price_minor")
    )
    fresh["variants"] = list(product.variants.values("public_id", "options", "stock", "unit_price_minor"))
    for entry in fresh["customisation"]:  # a page writes down that nothing was said
        for name in ("unit_surcharge_minor", "note_en", "note_zh"):
            entry[name] = entry.get(name) or None
    return fresh


def test_a_product_is_written_down_priced_and_put_on_sale(client: Client, supplier: Party) -> None:
    Category.objects.get_or_create(slug="mugs", defaults={"name_en": "Mugs", "name_zh": "马克杯"})
    answer = client.post(
        reverse("web:product_new"),
        {"title_zh": "手工杯", "title_en": "", "category": "mugs", "unit": "set", "currency": "CNY", "moq": "50"},
    )
    product = Product.objects.get()
    assert answer["Location"] == url(product, "product_prices")
    assert (product.status, product.category.slug if product.category else "") == (ProductStatus.DRAFT, "mugs")

    rows = table("tiers", {"from_quantity": "50", "price": "13.80"}, {"from_quantity": "500", "price": "12.6"}, {})
    client.post(
        url(product, "product_prices"),
        {"quote_type": "by_quantity", "currency": "CNY", "moq": "50", "order_multiple": "1", **rows},
    )
    client.post(reverse("web:product_list", args=[product.public_id]))

    product.refresh_from_db()
    assert product.status == ProductStatus.LISTED
    assert [tier.unit_price for tier in product.tiers] == [Money(13_80, "CNY"), Money(12_60, "CNY")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"from_quantity": "100", "price": "1.005"}], "digits after the point"),
        ([{"from_quantity": "100", "price": "1e3"}], "plain digits"),
        ([{"from_quantity": "100", "price": "NaN"}], "plain digits"),
        ([{"from_quantity": "100", "price": ""}], "Fill in both"),
        ([{"from_quantity": "", "price": "5"}], "Fill in both"),
        ([{"from_quantity": "-5", "price": "5"}], "greater than or equal to 1"),
        ([{"from_quantity": "1", "price": "5"}, {"from_quantity": "9", "price": "6"}], "the price rises"),
        ([{}], "needs its price|no price yet"),
    ],
)
def test_a_wrong_price_is_said_beside_its_field_and_nothing_is_lost(
    rows: list[dict[str, str]], message: str, product: Product, client: Client
) -> None:
    head = {"quote_type": "by_quantity", "currency": "CNY", "moq": "77", "order_multiple": "1"}
    answer = client.post(url(product, "product_prices"), {**head, **table("tiers", *rows)})

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert any(part in shown for part in message.split("|"))
    assert 'value="77"' in shown
    for row in rows:
        assert all(f'value="{value}"' in shown for value in row.values() if value)
    product.refresh_from_db()
    assert product.moq == 240


def test_variants_are_added_changed_and_taken_out(product: Product, client: Client) -> None:
    names = {"first_zh": "颜色", "first_en": "Colour", "second_zh": "", "second_en": ""}
    blue = {"first_zh": "湖蓝", "first_en": "Lake blue", "stock": "120", "weight_g": "450"}
    client.post(url(product, "product_variants"), {**names, **table("variants", blue, {"first_en": "Sand"}, {})})
    first, second = product.variants.all()
    assert first.options == [{"name_en": "Colour", "name_zh": "颜色", "value_en": "Lake blue", "value_zh": "湖蓝"}]
    assert (first.stock, first.weight_g, second.stock) == (120, 450, None)

    rows = table(
        "variants", {"public_id": first.public_id}, {"public_id": second.public_id, "first_en": "Clay"}, there=2
    )
    client.post(url(product, "product_variants"), {**names, **rows})

    assert [str(variant) for variant in product.variants.all()] == ["Clay"]
    assert product.variants.get().pk == second.pk


def test_a_second_option_is_asked_for_once_it_is_named(product: Product, client: Client) -> None:
    names = {"first_zh": "", "first_en": "Size", "second_zh": "颜色", "second_en": ""}
    answer = client.post(url(product, "product_variants"), {**names, **table("variants", {"first_en": "S"})})
    assert answer.status_code == 422
    assert "variants-0-second_zh" in answer.content.decode()

    client.post(url(product, "product_variants"), {**names, **table("variants", {"first_en": "S", "second_zh": "蓝"})})

    assert product.variants.get().label_zh == "S / 蓝"


def test_each_variant_is_priced_on_the_page_of_prices(product: Product, client: Client) -> None:
    names = {"first_zh": "", "first_en": "Size", "second_zh": "", "second_en": ""}
    client.post(url(product, "product_variants"), {**names, **table("variants", {"first_en": "S"}, {"first_en": "L"})})
    small, large = product.variants.all()
    head = {"quote_type": "per_variant", "currency": "CNY", "moq": "10", "order_multiple": "1"}
    each = [{"public_id": small.public_id, "price": "9.00"}, {"public_id": large.public_id, "price": "9.50"}]

    answer = client.post(
        url(product, "product_prices"), {**head, **table("tiers", {}), **table("each", *each, there=2)}
    )

    assert answer.status_code == 302
    small.refresh_from_db()
    assert small.unit_price_minor == 9_00
    assert "9.50" in client.get(url(product, "product_prices")).content.decode()


def test_the_form_of_a_product_with_300_variants_is_read(product: Product, client: Client) -> None:
    """Nine fields for each were more than a request might hold: the page answered that it can't be read."""
    rows = {f"each-{place}-{field}": "1" for place in range(300) for field in "abcdefghi"}

    assert client.post(url(product, "product_prices"), {**rows, "quote_type": "by_quantity"}).status_code == 422


def test_packing_and_service_are_saved(product: Product, client: Client) -> None:
    client.post(url(product, "product_packing"), {"carton_pieces": "24", "lead_days": "0", "hs_code": "6912.00"})
    client.post(
        url(product, "product_service"),
        {"offered": "yes", "price": "0", "most": "2", "days": "5", **table("custom", {"kind": "colour", "moq": "900"})},
    )
    product.refresh_from_db()
    assert (product.carton_pieces, product.lead_days, product.hs_code) == (24, 0, "691200")
    assert (product.sample_offered, product.sample_price_minor) == (True, 0)
    assert [entry["kind"] for entry in product.customisation] == ["colour"]


@pytest.mark.parametrize(
    "rows",
    [
        {},  # no management form at all
        {"attributes-TOTAL_FORMS": "100000", "attributes-INITIAL_FORMS": "0"},
        {"attributes-TOTAL_FORMS": "-1", "attributes-INITIAL_FORMS": "x"},
    ],
)
def test_a_table_that_no_page_sent_changes_nothing(rows: dict[str, str], product: Product, client: Client) -> None:
    answer = client.post(url(product, "product_words"), {"title_en": "Hacked", "unit": "piece", **rows})
    assert answer.status_code == 422
    product.refresh_from_db()
    assert product.title_en != "Hacked"


# --- Pictures -----------------------------------------------------------------------------------------------------


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def test_pictures_are_added_ordered_and_shown(product: Product, client: Client) -> None:
    files = [
        upload("../../a.php", corpus.png(corpus.drawn(120, 90))),
        upload("b.png", corpus.png(corpus.drawn(140, 90))),
    ]
    client.post(url(product, "product_pictures"), {"pictures": files})
    first, second = product.pictures.all()

    client.post(url(product, "product_gallery"), {f"place-{first.picture_id}": "2", f"place-{second.picture_id}": "1"})
    assert [row.picture_id for row in product.pictures.all()] == [second.picture_id, first.picture_id]
    assert f"/pictures/{second.picture.sha256}" in client.get(reverse("web:goods")).content.decode()

    client.post(url(product, "product_gallery"), {f"drop-{second.picture_id}": "on", f"place-{first.picture_id}": "x"})
    assert [row.picture_id for row in product.pictures.all()] == [first.picture_id]


def test_what_is_no_picture_is_refused_on_the_page(product: Product, client: Client) -> None:
    answer = client.post(url(product, "product_pictures"), {"pictures": [upload("a.png", b"<svg onload=alert(1)>")]})
    assert answer.status_code == 422
    assert "no JPEG, PNG or WebP" in answer.content.decode()
    assert not product.pictures.exists()


# --- The list and the company -------------------------------------------------------------------------------------


def test_goods_are_found_by_words_and_by_what_they_lack(supplier: Party, client: Client) -> None:
    make_product(supplier, title_en="Blue mug", title_zh="蓝杯", lead_days=5)
    make_product(supplier, title_en="Red bowl", title_zh="")
    make_product(make_supplier("Other"), title_en="Blue plate")

    def found(**asked: str) -> list[str]:
        answer = client.get(reverse("web:goods"), asked)
        return sorted(row["product"].title_en for row in answer.context["rows"])

    assert found(q="blue") == ["Blue mug"]
    assert found(q="杯") == ["Blue mug"]
    assert found(lacks="lead") == ["Red bowl"]
    assert found(lacks="chinese", q="mug") == []
    assert found(lacks="nonsense", q="%_") == []
    assert found(page="9" * 30) == ["Blue mug", "Red bowl"]


def test_the_company_presents_itself(supplier: Party, client: Client) -> None:
    values = {
        "name_en": "Qingyao Kiln",
        "name_zh": "青窑",
        "kind": "factory",
        "country": "CN",
        "city": "Jinhua",
        "years": "9",
    }
    assert client.post(reverse("web:profile"), values).status_code == 302
    fresh = Supplier.objects.select_related("company").get(pk=supplier.company.supplier.pk)
    assert (fresh.company.name_en, fresh.city, fresh.years) == ("Qingyao Kiln", "Jinhua", 9)
    assert client.post(reverse("web:profile"), {**values, "name_en": ""}).status_code == 422
