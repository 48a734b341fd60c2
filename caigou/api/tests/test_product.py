"""A product over the API: the same as the page says, to the same people, in one query (F6, B8)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from caigou.api.schemas import ProductOut
from caigou.catalogue.models import Product, ProductStatus, Variant
from caigou.files.models import Picture
from tests.support.factories import make_buyer, make_product, make_staff, make_supplier

pytestmark = pytest.mark.django_db


def get(product: Product, client: Client | None = None) -> Any:
    return (client or Client()).get(f"/api/v1/products/{product.public_id}")


def full_product() -> Product:
    product = make_product(
        carton_pieces=24,
        sample_offered=True,
        sample_price_minor=0,
        rating_tenths=47,
        rating_count=36,
        customisation=[{"kind": "logo", "moq": 720, "setup_fee_minor": 300_00, "note_en": "One colour"}],
        attributes=[{"name_en": "Material", "value_en": "Stoneware"}],
    )
    Variant.objects.create(product=product, external_id="B", options=[{"name_en": "Colour", "value_en": "Blue"}])
    shown = Picture.objects.create(sha256="a" * 64, width=960, height=960)
    product.pictures.create(picture=shown)
    return product


def test_the_answer_is_what_the_document_promises() -> None:
    body = get(full_product()).json()
    assert ProductOut.model_validate(body, strict=True).model_dump() == body


def test_money_is_written_in_full_and_what_nobody_stated_is_null() -> None:
    body = get(full_product()).json()
    assert body["tiers"][0] == {"from_quantity": 240, "unit_price": {"amount": "13.80", "currency": "CNY"}}
    assert body["sample"]["price"] == {"amount": "0.00", "currency": "CNY"}
    assert body["customisation"][0]["setup_fee"] == {"amount": "300.00", "currency": "CNY"}
    assert body["customisation"][0]["unit_surcharge"] is None
    assert body["lead_days"] is None
    assert body["carton"]["weight_g"] is None


def test_it_says_where_it_comes_from_and_that_nobody_checked_it() -> None:
    body = get(full_product()).json()
    assert body["provenance"]["source"] == "test"
    assert body["provenance"]["verified"] is False


def test_it_takes_one_query(django_assert_num_queries: Any) -> None:
    product = full_product()
    with django_assert_num_queries(1):
        assert get(product).status_code == 200


@pytest.mark.parametrize("status", ProductStatus.values)
def test_the_same_people_see_it_as_on_the_page(status: str) -> None:
    seller = make_supplier()
    product = make_product(seller, status=status)
    for party in (seller, make_supplier("Others"), make_buyer(), make_staff(), None):
        client = party.client() if party else Client()
        visible = Product.objects.visible_to(party.actor if party else None).filter(pk=product.pk).exists()
        assert get(product, client).status_code == (200 if visible else 404), party


def test_what_is_not_there_is_refused_in_the_one_shape() -> None:
    answer = Client().get("/api/v1/products/nothing")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message", "fields"}
    assert answer.json()["code"] == "not_found"
