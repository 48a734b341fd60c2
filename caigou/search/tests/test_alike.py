"""Searching by picture (F4): goods that look like it are found however it was scaled, compressed, cut or mirrored."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from PIL import Image, ImageDraw, ImageOps

from caigou.catalogue.models import Product, ProductPicture
from caigou.catalogue.services import imports  # noqa: F401  the two need each other; this one first
from caigou.catalogue.services.pictures import add_pictures, set_gallery
from caigou.files.tests import corpus
from caigou.jobs.outbox import deliver_due
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.search.models import AskedPicture, Fingerprint
from caigou.search.ports import Query
from caigou.search.services.alike import (
    KEPT,
    ask_picture,
    asked_picture,
    find_alike,
    forget_asked_pictures,
    nearest,
)
from caigou.search.services.looking import keep_drawings, look_again, look_at_new
from caigou.search.tests.goods import product, supplier

pytestmark = pytest.mark.django_db


def scene(number: int) -> Image.Image:
    """A picture of some coloured shapes on a light ground, another one for each number."""
    dice = random.Random(number)
    image = Image.new("RGB", (320, 320), tuple(dice.randrange(200, 256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _shape in range(4):
        left, top = dice.randrange(20, 200), dice.randrange(20, 200)
        box = (left, top, left + dice.randrange(40, 110), top + dice.randrange(40, 110))
        colour = tuple(dice.randrange(256) for _ in range(3))
        (draw.ellipse if dice.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return image


def saved(image: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def changed(image: Image.Image) -> dict[str, bytes]:
    """What becomes of a picture on its way to us."""
    width, height = image.size
    cut = image.crop((width // 20, width // 30, width - width // 30, height - height // 20))
    return {
        "smaller": saved(image.resize((97, 97))),
        "stretched": saved(image.resize((400, 300))),
        "poor": saved(image, 25),
        "cut": saved(cut),
        "mirrored": saved(ImageOps.mirror(image)),
        "of a screen": saved(ImageOps.expand(image, (60, 20, 40, 90), "white")),
    }


def with_picture(image: Image.Image, **fields: Any) -> Product:
    made = product("Mug", seller=fields.pop("seller", None) or supplier(), tiers={1: 100}, **fields)
    add_pictures(made.pk, [saved(image)], by=SYSTEM)
    return made


def work() -> None:
    deliver_due()
    while look_at_new():
        pass


@pytest.mark.slow
def test_a_changed_picture_finds_its_product_among_the_first_five() -> None:
    seller = supplier()
    goods = [product(f"Mug {number}", seller=seller, tiers={1: 100}) for number in range(60)]
    from caigou.files import fingerprint

    keep_drawings({one.pk: fingerprint.fingerprint(scene(number)) for number, one in enumerate(goods)})
    found, tried = 0, 0
    for number in (3, 29):
        for upload in changed(scene(number)).values():
            tried += 1
            found += goods[number].pk in nearest(ask_picture(upload).views)[:5]

    assert found >= 0.9 * tried


def test_a_picture_is_found_once_the_worker_has_looked_at_it() -> None:
    mug = with_picture(scene(1))
    other = with_picture(scene(2))
    assert nearest(ask_picture(saved(scene(1))).views) == []

    work()

    assert nearest(ask_picture(saved(ImageOps.mirror(scene(1)), 40)).views)[0] == mug.pk
    assert Fingerprint.objects.filter(product=other, bits__isnull=False).count() == 1


def test_a_picture_that_left_the_gallery_finds_nothing() -> None:
    mug = with_picture(scene(1))
    work()

    set_gallery(mug.pk, [], without=list(mug.pictures.values_list("picture_id", flat=True)), by=SYSTEM)
    work()

    assert not Fingerprint.objects.filter(product=mug).exists()


def test_a_picture_takes_the_place_of_the_drawing() -> None:
    mug = product("Mug", seller=supplier(), tiers={1: 100})
    keep_drawings({mug.pk: "0" * 128})
    add_pictures(mug.pk, [saved(scene(1))], by=SYSTEM)
    work()

    assert list(Fingerprint.objects.filter(product=mug).values_list("picture_id", flat=True)) == list(
        mug.pictures.values_list("picture_id", flat=True)
    )


def test_all_can_be_looked_at_anew() -> None:
    mug = with_picture(scene(1))
    work()
    Fingerprint.objects.all().delete()

    assert look_again() == 1
    assert nearest(ask_picture(saved(scene(1))).views) == [mug.pk]


def test_a_picture_whose_file_is_gone_does_not_keep_the_others_waiting(settings: Any, tmp_path: Any) -> None:
    mug = with_picture(scene(1))
    deliver_due()
    settings.MEDIA_ROOT = tmp_path

    assert look_at_new() == 1
    assert look_at_new() == 0
    assert not Fingerprint.objects.filter(product=mug).exists()


def test_goods_off_sale_are_not_found() -> None:
    mug = with_picture(scene(1), status="withdrawn")
    work()

    assert mug.pk not in nearest(ask_picture(saved(scene(1))).views)


def test_filters_narrow_what_looks_alike_and_count_it() -> None:
    factory, trader = supplier(kind="factory", province="Fujian"), supplier(kind="trader", province="Zhejiang")
    small = product("Small", seller=factory, tiers={10: 500})
    large = product("Large", seller=trader, tiers={1_000: 200}, sample_offered=True)
    keep_drawings({small.pk: "f" * 128, large.pk: "f" * 127 + "e"})

    both = find_alike(Query(), ["f" * 128])
    assert [card.pk for card in both.products] == [small.pk, large.pk]
    counts = {value.value: value.count for value in both.facets["kind"]}
    assert counts == {"factory": 1, "trader": 1}

    for query in (Query(kinds=frozenset({"trader"})), Query(sample=True), Query(price_max=300)):
        narrowed = find_alike(query, ["f" * 128])
        assert [card.pk for card in narrowed.products] == [large.pk]
        assert narrowed.total == 1
    assert {v.value: v.count for v in find_alike(Query(kinds=frozenset({"trader"})), ["f" * 128]).facets["kind"]} == (
        counts
    )
    assert [card.pk for card in find_alike(Query(moq_max=50), ["f" * 128]).products] == [small.pk]


def test_what_resembles_by_chance_is_not_shown() -> None:
    mug = product("Mug", seller=supplier(), tiers={1: 100})
    keep_drawings({mug.pk: "0" * 128})

    assert nearest(["f" * 128]) == []


def test_what_is_kept_of_an_upload_is_gone_after_an_hour() -> None:
    asked = ask_picture(saved(scene(1)))
    kept = asked_picture(asked.token)
    assert kept is not None
    assert kept.views == asked.views
    assert Image.open(io.BytesIO(kept.small)).size == (160, 160)

    with time_machine.travel(now() + KEPT + timedelta(seconds=1), tick=False):
        assert asked_picture(asked.token) is None
        assert forget_asked_pictures() == 1
    assert not AskedPicture.objects.exists()


@pytest.mark.parametrize("name", ["svg with a script", "flood of pixels", "truncated jpeg", "nothing"])
def test_an_upload_that_is_no_sound_picture_is_refused_with_its_reason(name: str) -> None:
    data, code = corpus.hostile()[name]

    with pytest.raises(BadInput) as refused:
        ask_picture(data)

    assert refused.value.code == f"picture_{code}"
    assert not AskedPicture.objects.exists()


def test_nothing_of_an_upload_reaches_what_is_kept_but_pixels() -> None:
    talkative = corpus.talkative()
    for name in ("comment", "xmp"):
        data = talkative[name]
        assert corpus.TELLTALE not in ask_picture(data).small


def test_too_many_pictures_in_a_minute_are_sent_away() -> None:
    AskedPicture.objects.bulk_create(AskedPicture(views=[], small=b"") for _ in range(120))

    with pytest.raises(BadInput) as refused:
        ask_picture(saved(scene(1)))

    assert refused.value.code == "picture_busy"


def test_a_gallery_row_is_noted_once() -> None:
    mug = with_picture(scene(1))
    deliver_due()
    add_pictures(mug.pk, [saved(scene(1))], by=SYSTEM)
    deliver_due()

    assert Fingerprint.objects.filter(product=mug).count() == ProductPicture.objects.filter(product=mug).count() == 1
