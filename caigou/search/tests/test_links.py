"""Which goods a pasted link names: by platform, on every device, with Chinese words around it."""

from __future__ import annotations

import pytest

from caigou.search.links import is_code, read_link

ID = "620201390233"

NAMING = {
    f"https://detail.1688.com/offer/{ID}.html": "1688",
    f"http://m.1688.com/offer/{ID}.html?spm=a26&offerId=1": "1688",
    f"https://detail.m.1688.com/page/index.html?offerId={ID}&sk=x": "1688",
    f"detail.1688.com/offer/{ID}.html": "1688",
    f"https://dj.1688.com/ci_bb?a=1&id={ID}": "1688",
    f"https://item.taobao.com/item.htm?spm=a1z10&id={ID}&ns=1": "taobao",
    f"https://h5.m.taobao.com/awp/core/detail.htm?id={ID}": "taobao",
    f"https://world.taobao.com/item/{ID}.htm": "taobao",
    f"https://detail.tmall.com/item.htm?id={ID}&skuId=5": "tmall",
    f"https://detail.m.tmall.com/item.htm?id={ID}": "tmall",
    f"https://detail.tmall.hk/hk/item.htm?id={ID}": "tmall",
    f"https://www.alibaba.com/product-detail/Ceramic-Mug-11oz_{ID}.html": "alibaba",
    f"https://m.alibaba.com/product/{ID}/Ceramic-Mug.html": "alibaba",
    f"88￥CZ0001 hGx https://item.taobao.com/item.htm?id={ID}，点击链接直接打开": "taobao",
    f"【1688】这个杯子不错「陶瓷马克杯 350ml」https://detail.1688.com/offer/{ID}.html。": "1688",
}


def test_goods_are_named_by_every_form_of_address() -> None:
    for text, platform in NAMING.items():
        link = read_link(text)
        assert link is not None, text
        assert (link.platform, link.external_id) == (platform, ID), text


@pytest.mark.parametrize(
    ("text", "platform", "short"),
    [
        ("https://m.tb.cn/h.5abcDE?tk=x 打开淘宝", "taobao", True),
        ("https://qr.1688.com/s/AbC1", "1688", True),
        ("https://shop123.1688.com/", "1688", False),
        ("https://1688.com.evil.example/offer/620201390233.html", "", False),
        ("https://evil.example/offer/620201390233.html", "", False),
        ("https://not1688.com/offer/620201390233.html", "", False),
        ("https://[bad/offer/1.html", "", False),
        ("https://detail.1688.com@evil.example/offer/620201390233.html", "", False),
        ("https://detail.1688.com/offer/62020139023312345678901234.html", "1688", False),
    ],
)
def test_what_names_no_goods_says_so(text: str, platform: str, short: bool) -> None:
    link = read_link(text)
    assert link is not None
    assert (link.platform, link.external_id, link.is_short) == (platform, "", short)


def test_the_title_in_a_share_text_is_kept() -> None:
    link = read_link("「陶瓷马克杯 350ml」https://m.tb.cn/h.5abc")
    assert link is not None
    assert link.words == "陶瓷马克杯 350ml"


def test_words_are_no_link_and_measures_no_code() -> None:
    for text in ("white mug", "马克杯 350ml", "1.5 l bottle", "cotton t-shirt S.M.L", "e.g. mugs", "a@b.com/x", ""):
        assert read_link(text) is None, text
    for text in ("mug", "350ml", "20x30cm", "10-20cm", "3000mah", "1688", "马克杯123", "wide 12345678", "2.5mm"):
        assert not is_code(text), text
    for text in ("DH-M350", "620201390233", "SYM-D11-01", "85123A"):
        assert is_code(text), text
