"""Goods near in meaning, by the real encoder: vectors follow the catalogue, people are told what brought a product."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.utils.module_loading import import_string
from numpy.typing import NDArray
from pytest_django import Settings

from caigou.catalogue.events import ProductChanged, ProductsChanged
from caigou.catalogue.models import Product, ProductStatus
from caigou.jobs import outbox
from caigou.search.meaning import keeping
from caigou.search.meaning.encoder import _load, bytes_of, encoder, nearness, signs_of
from caigou.search.meaning.keeping import encode_all, encode_new, kept
from caigou.search.meaning.nearest import nearest, nearness_of
from caigou.search.models import TitleVector
from caigou.search.services import Query, explain, find, reindex
from tests.support.factories import make_product, make_staff, make_supplier

pytestmark = pytest.mark.django_db

ENCODER = "caigou.adapters.sentence_encoder.encoder.SentenceEncoder"
TITLES = {
    "Vacuum insulated tumbler, 500 ml": "保温杯 500毫升 不锈钢",
    "Sofa bed for two": "双人沙发床",
    "Wireless earphones with case": "无线蓝牙耳机",
    "Garden spade": "园艺铁锹",
    "Fountain pen": "",
}


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Before any transaction: on a busy machine loading takes longer than PostgreSQL lets one stand idle."""
    _load(ENCODER)


@pytest.fixture
def wanted(settings: Settings, tmp_path: Path) -> None:
    settings.CAIGOU_SEARCH_ENCODER = ENCODER
    settings.CAIGOU_INDEX = tmp_path / "index"
    keeping._compare.cache_clear()


@pytest.fixture
def goods(wanted: None) -> dict[str, Product]:
    """Goods as an import leaves them: their events are heard, and the worker has had its turn."""
    seller = make_supplier()
    made = {en: make_product(seller, title_en=en, title_zh=zh) for en, zh in TITLES.items()}
    outbox.publish(ProductsChanged(product_ids=[one.pk for one in made.values()]))
    work()
    return made


def work() -> None:
    outbox.deliver_due()
    encode_new()


def told_by_the_doctor() -> list[tuple[str, str]]:
    return [(one.state, one.told) for one in import_string("caigou.cli.doctor._meaning")()]


def vector_of(product: Product) -> bytes | None:
    kept = TitleVector.objects.get(product=product, language="en").vector
    return None if kept is None else bytes(kept)


def first(text: str) -> int | None:
    return next((one.product_id for one in nearest(text, 3)), None)


def test_a_vector_keeps_its_direction_in_a_byte_a_dimension_and_near_ones_differ_in_few_signs() -> None:
    dice = np.random.default_rng(4)
    one = dice.normal(size=(1, 512)).astype(np.float32)
    one /= np.linalg.norm(one)
    near, far = one + dice.normal(size=(1, 512)).astype(np.float32) * 0.01, -one
    vectors = bytes_of(np.vstack([one, near, far]))
    assert [len(vector) for vector in vectors] == [512] * 3
    assert nearness(one[0], vectors).tolist() == pytest.approx([1, 0.975, -1], abs=0.01)
    signs = [int(signs_of(vector), 16) for vector in vectors]
    assert (signs[0] ^ signs[1]).bit_count() < 60
    assert (signs[0] ^ signs[2]).bit_count() > 490
    assert bytes_of(np.zeros((1, 512), np.float32)) == [bytes(512)]


def test_what_is_meant_is_found_by_other_words_and_in_the_other_language(goods: dict[str, Product]) -> None:
    for asked, title in (
        ("couch", "Sofa bed for two"),
        ("headphones", "Wireless earphones with case"),
        ("沙发", "Sofa bed for two"),
        ("钢笔", "Fountain pen"),
        ("auriculares inalámbricos", "Wireless earphones with case"),
    ):
        assert first(asked) == goods[title].pk, asked
    assert nearest("", 3) == []
    assert len(nearest("couch", 2)) == 2


def test_vectors_follow_the_catalogue(goods: dict[str, Product]) -> None:
    assert kept() == keeping.Kept(titles=9, waiting=0), "an empty title has none"
    pen, sofa = goods["Fountain pen"], goods["Sofa bed for two"]
    before = vector_of(sofa)
    Product.objects.filter(pk=pen.pk).update(title_en="Rubber duck", title_zh="橡皮鸭")
    Product.objects.filter(pk=sofa.pk).update(status=ProductStatus.WITHDRAWN)
    assert first("couch") != sofa.pk, "what left the market is gone before the worker hears of it"
    outbox.publish(ProductChanged(product_id=pen.pk))
    outbox.publish(ProductChanged(product_id=sofa.pk))
    outbox.deliver_due()
    assert kept() == keeping.Kept(titles=8, waiting=2)
    encode_new()
    assert first("bath toy duck") == pen.pk
    Product.objects.filter(pk=sofa.pk).update(status=ProductStatus.LISTED)
    outbox.publish(ProductChanged(product_id=sofa.pk))
    work()
    assert vector_of(sofa) == before is not None


def test_a_lost_table_an_older_encoder_and_what_changed_meanwhile_are_made_good(goods: dict[str, Product]) -> None:
    pen = goods["Fountain pen"]
    TitleVector.objects.filter(product=goods["Garden spade"]).delete()
    TitleVector.objects.filter(product=goods["Sofa bed for two"]).update(made_by="another 1.0")
    Product.objects.filter(pk=pen.pk).update(title_en="Rubber duck")
    assert first("couch") != goods["Sofa bed for two"].pk, "vectors of another encoder aren't compared"
    told: list[tuple[int, int]] = []
    assert encode_all(lambda done, total: told.append((done, total))) == 2 + 2 + 1
    assert told == [(5, 5)]
    assert first("shovel") == goods["Garden spade"].pk
    assert first("couch") == goods["Sofa bed for two"].pk
    assert first("bath toy duck") == pen.pk
    assert encode_all() == 0


def test_a_title_that_changes_while_it_is_encoded_waits_on(goods: dict[str, Product]) -> None:
    pen = goods["Fountain pen"]
    TitleVector.objects.filter(product=pen).update(vector=None)

    class Slow:
        made = _load(ENCODER)
        name = "slow"

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            TitleVector.objects.filter(product=pen).update(digest="00000000-0000-0000-0000-000000000000")
            assert self.made is not None
            return self.made.encode(texts)

    assert keeping._encode(Slow()) == 1
    assert kept().waiting == 1


def test_a_round_of_the_worker_ends_after_its_turn_and_the_next_comes_at_once(
    goods: dict[str, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert encode_new in import_string("caigou.config.clocks.CLOCKS")
    TitleVector.objects.update(vector=None)
    woken: list[bool] = []
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    monkeypatch.setattr(keeping, "wake", lambda _work: woken.append(True))
    assert (encode_new(0), kept().waiting, woken) == (2, 7, [True])


def test_off_as_it_is_by_default_nothing_is_kept_loaded_or_asked(settings: Settings, tmp_path: Path) -> None:
    assert settings.CAIGOU_SEARCH_ENCODER == ""
    settings.CAIGOU_INDEX = tmp_path / "index"
    made = make_product(make_supplier(), title_en="Sofa bed for two")
    outbox.publish(ProductChanged(product_id=made.pk))
    work()
    reindex()
    assert not TitleVector.objects.exists()
    assert encoder() is None
    assert find(Query(text="couch")).more == []
    assert told_by_the_doctor() == []


def test_an_encoder_that_is_not_installed_costs_nothing_but_its_goods_and_the_doctor_says_so(
    goods: dict[str, Product], settings: Settings
) -> None:
    settings.CAIGOU_SEARCH_ENCODER = "caigou.adapters.no_such.Encoder"
    reindex()
    results = find(Query(text="sofa"))
    assert (results.total, results.more) == (1, [])
    assert told_by_the_doctor() == [("bad", "its encoder isn't installed")]
    settings.CAIGOU_SEARCH_ENCODER = ENCODER
    assert told_by_the_doctor() == [("ok", "9 titles, 0 of them wait for the worker")]


def test_the_page_the_api_and_staff_are_told_what_only_its_meaning_brought(goods: dict[str, Product]) -> None:
    reindex()
    spade, german = goods["Garden spade"], "Gartenspaten"
    client = make_staff().client()
    told = client.get("/api/v1/search", {"q": german}).json()
    assert (told["total"], told["items"]) == (0, [])
    assert [one["id"] for one in told["more"]] == told["close_in_meaning"] == [spade.public_id], "others are far"
    page = shown(client, "/search/", q=german)
    assert page.index("Nothing found") < page.index("Goods close in meaning to your words") < page.index("Garden spade")
    assert f"0 products for “{german}”" in page
    assert "Goods close" not in shown(client, "/search/", q="qwxzv")
    found = shown(client, "/search/", q=f"sofa bed case {german}")
    assert "More goods, with some of your words or close to them in meaning" in found
    assert "Goods close" not in shown(client, "/search/", q=german, sort="moq")
    why = explain(Query(text=german), spade)
    assert why.behind == 1
    assert why.nearness == pytest.approx(nearness_of(german, spade.pk))
    reason = shown(client, f"/console/goods/{spade.public_id}/why/", q=german)
    assert "Behind the goods found, at place 1: its title is close in meaning" in reason


def shown(client: Client, address: str, **asked: str) -> str:
    client.cookies["django_language"] = "en"
    return unescape(client.get(address, asked).content.decode())
