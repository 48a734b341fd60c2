"""The gallery of a product, and the cover that lists show."""

from __future__ import annotations

import pytest

from caigou.catalogue.models import Product, ProductPicture
from caigou.catalogue.services.imports.details import MOST_PICTURES
from caigou.catalogue.services.pictures import add_pictures, keep_covers, set_gallery
from caigou.files.models import Picture
from caigou.files.shown import Shown
from caigou.files.tests import corpus
from caigou.kernel.errors import BadInput, NotAllowed
from tests.support.factories import Party, make_buyer, make_product, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def supplier() -> Party:
    return make_supplier()


@pytest.fixture
def product(supplier: Party) -> Product:
    return make_product(supplier)


def uploads(*widths: int) -> list[bytes]:
    return [corpus.png(corpus.drawn(width, 100)) for width in widths]


def gallery(product: Product) -> list[int]:
    return [row.picture.width for row in product.pictures.select_related("picture")]


def cover(product: Product) -> Shown | None:
    """As stored, and as the gallery has it: the two must agree."""
    product.refresh_from_db()
    shown = Shown.parse(product.cover)
    first = product.pictures.select_related("picture").first()
    assert shown == (first.picture.shown if first else None)
    return shown


def test_pictures_are_added_in_order_and_the_first_is_the_cover(product: Product, supplier: Party) -> None:
    assert cover(product) is None
    add_pictures(product.pk, uploads(120, 140), by=supplier.actor)
    add_pictures(product.pk, uploads(150, 120), by=supplier.actor)

    assert gallery(product) == [120, 140, 150]
    shown = cover(product)
    assert shown is not None
    assert shown.width == 120


def test_the_gallery_is_put_in_order_and_thinned(product: Product, supplier: Party) -> None:
    first, second, third = add_pictures(product.pk, uploads(120, 140, 150), by=supplier.actor)

    set_gallery(product.pk, [third.pk, first.pk], without=[second.pk], by=supplier.actor)

    assert gallery(product) == [150, 120]
    shown = cover(product)
    assert shown is not None
    assert shown.width == 150
    set_gallery(product.pk, [], without=[first.pk, third.pk], by=supplier.actor)
    assert cover(product) is None
    assert Picture.objects.filter(pk=second.pk).exists()  # others may show it


def test_a_picture_that_came_while_somebody_put_the_others_in_order_stays(product: Product, supplier: Party) -> None:
    first, second = add_pictures(product.pk, uploads(120, 140), by=supplier.actor)
    add_pictures(product.pk, uploads(150), by=supplier.actor)  # after the page of the other two was opened

    set_gallery(product.pk, [second.pk, first.pk], by=supplier.actor)

    assert gallery(product) == [140, 120, 150]


def test_nobody_else_touches_the_gallery(product: Product, supplier: Party) -> None:
    for stranger in (make_supplier("Other"), make_buyer()):
        with pytest.raises(NotAllowed):
            add_pictures(product.pk, uploads(120), by=stranger.actor)
        with pytest.raises(NotAllowed):
            set_gallery(product.pk, [], by=stranger.actor)
    assert not Picture.objects.exists()


def test_one_bad_upload_adds_none_and_is_named(product: Product, supplier: Party) -> None:
    with pytest.raises(BadInput, match="2: ") as refused:
        add_pictures(product.pk, [*uploads(120), b"<svg/>"], by=supplier.actor)
    assert refused.value.code == "picture_not_a_picture"
    assert gallery(product) == []


def test_a_gallery_has_an_end(product: Product, supplier: Party) -> None:
    pictures = [Picture.objects.create(sha256=f"{index:064x}", width=960, height=720) for index in range(MOST_PICTURES)]
    ProductPicture.objects.bulk_create(ProductPicture(product=product, picture=picture) for picture in pictures)
    with pytest.raises(BadInput):
        add_pictures(product.pk, uploads(120), by=supplier.actor)


def test_a_picture_of_others_doesnt_get_in_by_its_number(product: Product, supplier: Party) -> None:
    foreign = Picture.objects.create(sha256="f" * 64, width=960, height=720)
    with pytest.raises(BadInput):
        set_gallery(product.pk, [foreign.pk], by=supplier.actor)


def test_covers_of_a_batch_follow_their_galleries(supplier: Party) -> None:
    products = [make_product(supplier) for _turn in range(3)]
    pictures = [Picture.objects.create(sha256=f"{index:064x}", width=300, height=index + 1) for index in range(3)]
    for product in products[:2]:
        ProductPicture.objects.create(product=product, picture=pictures[2], position=1)
        ProductPicture.objects.create(product=product, picture=pictures[1], position=0)

    keep_covers([product.pk for product in products])

    assert [cover(product) for product in products] == [pictures[1].shown, pictures[1].shown, None]
