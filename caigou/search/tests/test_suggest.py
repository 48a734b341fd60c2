"""Suggestions while typing: only what finds goods, in both languages and by sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from caigou.catalogue.models import Category, Product, ProductStatus
from caigou.catalogue.tree import tree
from caigou.search.ports import IndexNotReady
from caigou.search.services import Query, find, index_products, reindex, suggest, suggesting
from caigou.search.tests import goods

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(settings: Any, tmp_path: Path) -> list[Product]:
    settings.CAIGOU_INDEX = tmp_path / "index"
    seller = goods.supplier()
    shelf = Category.objects.create(slug="glassware", path="glassware", name_en="Drinking glasses", name_zh="玻璃器皿")
    Category.objects.create(slug="empty", path="empty", name_en="Glass eyes", name_zh="玻璃眼")
    for remembered in (tree, suggesting._names):
        remembered.forget()
    made = [
        goods.product("Blue glass vase", "蓝色玻璃花瓶", seller=seller, tiers={1: 100}, category=shelf),
        goods.product("Clear glass vases", "透明玻璃花瓶", seller=seller, tiers={1: 100}, category=shelf),
        goods.product("Glass jar", "玻璃罐", seller=seller, tiers={1: 100}),
        goods.product("Secret glass slipper", "玻璃鞋", seller=seller, tiers={1: 100}, status=ProductStatus.DRAFT),
    ]
    reindex()
    return made


def texts(typed: str, kind: str = "words") -> list[str]:
    return [one.text for one in suggest(typed) if one.kind == kind]


def test_words_are_suggested_by_how_many_goods_have_them_and_each_finds_goods(market: list[Product]) -> None:
    found = [one for one in suggest("gla") if one.kind == "words"]
    assert found[0].text == "glass"
    assert found[0].goods == 3
    assert "glass vase" in [one.text for one in found]
    assert "glass vases" not in [one.text for one in found], "forms of one word are one suggestion"
    for one in [*found, *suggest("boli"), *suggest("花"), *suggest("blue va")]:
        assert find(Query(text=one.text)).total >= 1


def test_what_nobody_may_see_is_never_suggested(market: list[Product]) -> None:
    assert [texts(typed) for typed in ("slip", "glass sl", "玻璃鞋", "bolixie")] == [[], [], [], []]
    assert texts("glass j") == ["glass jar"]
    Product.objects.filter(pk=market[2].pk).update(status=ProductStatus.DRAFT)
    index_products([market[2].pk])
    assert texts("glass j") == []


def test_chinese_is_suggested_by_characters_traditional_ones_and_pinyin(market: list[Product]) -> None:
    assert "玻璃花瓶" in texts("玻璃")
    assert "花瓶" in texts("花")
    for typed in ("bolihua", "boli hua", "BoLi"):
        assert "玻璃花瓶" in texts(typed)


def test_a_later_word_is_completed_by_goods_that_have_the_words_before(market: list[Product]) -> None:
    assert texts("blue va") == ["blue vase"]
    assert texts("jar va") == []


def test_categories_and_suppliers_are_named_in_the_readers_language(market: list[Product]) -> None:
    for language, category, name in (("en", "Drinking glasses", "Kiln"), ("zh-hans", "玻璃器皿", "窑厂")):
        with translation.override(language):
            for typed in ("glasses", "drinking g", "玻璃器", "boliqi"):
                assert texts(typed, "category") == [category]
            for typed in ("kil", "窑", "yaoch"):
                assert texts(typed, "supplier") == [name]
    assert texts("glass eyes", "category") == [], "it has no goods"


def test_what_is_too_short_too_long_or_no_word_has_no_suggestions(market: list[Product]) -> None:
    for typed in ("", " ", "g", "%", "\x00", "😀", "g" * 81, "glass " * 50, ".*", "w glass", "\t"):
        assert suggest(typed) == []


def test_without_an_index_it_says_so(settings: Any, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "none"
    with pytest.raises(IndexNotReady):
        suggest("glass")
