"""1688 over a real socket: what it says is read strictly, and whatever goes wrong is one error (B1)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from caigou.adapters.ali1688.signing import aop_sign, is_signed
from caigou.adapters.ali1688.source import LARGEST, Ali1688
from caigou.adapters.ali1688.tests.server import SECRET, Gateway, gateway
from caigou.adapters.sandbox_1688.gateway import APP_KEY, TOKEN
from caigou.kernel.money import Money
from caigou.search.offers import OfferSource, OffersUnavailable
from caigou.search.services.offers import Asking, Breaker

SECONDS = 0.4


@pytest.fixture
def house() -> Iterator[Gateway]:
    with gateway() as state:
        yield state


@pytest.fixture
def source(house: Gateway) -> Ali1688:
    return Ali1688(url=house.url, app_key=APP_KEY, secret=SECRET, token=TOKEN)


def envelope(*lines: Any, code: str = "200", success: bool = True) -> bytes:
    inner = {"data": list(lines), "totalRecords": len(lines)}
    return json.dumps({"result": {"success": success, "code": code, "message": "", "result": inner}}).encode()


def line(**changes: Any) -> dict[str, Any]:
    whole = {
        "offerId": 620201390233,
        "subject": "陶瓷马克杯",
        "subjectTrans": "Ceramic mug",
        "priceInfo": {"price": "9.50"},
        "minOrderQuantity": 2,
        "monthSold": 12,
    }
    return {**whole, **changes}


def test_signatures_agree_with_the_platforms_own_vectors() -> None:
    official = "33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88"
    assert aop_sign("param2/1/system/currentTime/1000000", {"a": "1", "b": "2"}, "test123") == official
    asked = json.dumps(
        {"keyword": "饼干", "beginPage": 1, "pageSize": 20, "country": "en"}, ensure_ascii=False, separators=(",", ":")
    )
    form = {
        "offerQueryParam": asked,
        "access_token": "f14da3b8-b0b1-4f73-a5de-9bed637e0188",
        "_aop_timestamp": "1795305600000",
    }
    path = "param2/1/com.alibaba.fenxiao.crossborder/product.search.keywordQuery/1000000"
    good = "4C206A8AFEB78F33186F2ABAEE262A5B9A4EA833"
    assert aop_sign(path, form, "test123") == good
    assert is_signed(path, {**form, "_aop_signature": good.lower()}, "test123")
    assert not is_signed(path, {**form, "_aop_signature": good, "extra": "1"}, "test123")
    assert not is_signed(path, {**form, "_aop_signature": aop_sign(path, form, "")}, "")
    # Where one key begins with another, the joined texts are sorted, as the documents say, not the keys.
    assert aop_sign("p", {"a": "z", "ab": "c"}, "s") == aop_sign("p", {"abc": "az"}, "s")


def test_offers_are_read_with_their_source_and_time(source: Ali1688, house: Gateway) -> None:
    offers = source.search("ceramic mug", most=3, seconds=SECONDS)

    assert "mug" in offers[0].title_en.lower()
    assert offers[0].title_zh
    assert offers[0].tiers[0].unit_price == Money(980, "CNY")
    assert offers[0].tiers[0].from_quantity == offers[0].moq == 48
    assert offers[0].source == "1688"
    assert offers[0].href == f"https://detail.1688.com/offer/{offers[0].external_id}.html"
    assert offers[0].fetched_at.tzinfo is not None
    assert json.loads(house.asked[0]["offerQueryParam"]) == {
        "keyword": "ceramic mug",
        "beginPage": 1,
        "pageSize": 3,
        "country": "en",
    }


def test_a_bad_signature_a_bad_token_and_another_key_are_refused(source: Ali1688) -> None:
    for changed, code in (
        (replace(source, secret="another"), "gw.SignatureInvalid"),
        (replace(source, token="expired"), "401"),
        (replace(source, app_key="7"), "gw.APIUnsupported"),
    ):
        with pytest.raises(OffersUnavailable, match=code):
            changed.search("mug", most=3, seconds=SECONDS)
    with pytest.raises(OffersUnavailable, match=r"gw\.ParamMissing"):
        source.search("", most=3, seconds=SECONDS)


def test_delay_drip_drop_and_no_server_are_one_error_in_time(source: Ali1688, house: Gateway) -> None:
    for fault in ("delay", "drip", "drop"):
        house.fault = fault
        began = time.monotonic()
        with pytest.raises(OffersUnavailable):
            source.search("mug led toy towel cotton", most=8, seconds=SECONDS)
        assert time.monotonic() - began < 2 * SECONDS
    with pytest.raises(OffersUnavailable):
        replace(source, url="http://127.0.0.1:9/openapi").search("mug", most=3, seconds=SECONDS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Maintenance</html>",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"result":null}',
        b'{"result":{"success":true,"code":"200"}}',
        envelope(line(), code="500"),
        envelope(line(), success=False),
        b'{"error_code":"gw.QosAppFrequencyLimit","error_message":"App call exceeds limited frequency"}',
        envelope(line(offerId="<script>")),
        envelope(line(priceInfo={"price": 9.5}), line(priceInfo=None), line(subject=7, subjectTrans=None), 3),
        b" " * (LARGEST + 1),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_an_answer_that_is_none_is_refused_whole(source: Ali1688, house: Gateway, body: bytes) -> None:
    house.body = body
    with pytest.raises(OffersUnavailable):
        source.search("mug", most=3, seconds=SECONDS)


def test_a_redirect_is_not_followed(source: Ali1688, house: Gateway) -> None:
    house.body, house.status = b"", 302
    with pytest.raises(OffersUnavailable):
        source.search("mug", most=3, seconds=SECONDS)
    assert len(house.asked) == 1


def test_repeated_and_broken_lines_are_left_out(source: Ali1688, house: Gateway) -> None:
    house.body = envelope(
        line(),
        line(),
        line(offerId=5, priceInfo={"price": "-1"}),
        line(offerId="6", minOrderQuantity="30", monthSold="x"),
    )
    offers = source.search("mug", most=8, seconds=SECONDS)
    assert [(one.external_id, one.moq, one.sold) for one in offers] == [("620201390233", 2, 12), ("6", 30, None)]
    house.body = envelope()
    assert source.search("mug", most=8, seconds=SECONDS) == []


def test_one_platform_may_fail_and_the_others_still_answer(source: Ali1688, house: Gateway) -> None:
    dead = replace(source, url="http://127.0.0.1:9/openapi", name="Dead")
    sources: dict[str, OfferSource] = {"dead": dead, "1688": source}
    first, second = Asking(sources, seconds=SECONDS)("mug")

    assert (first.name, first.reached, first.offers) == ("Dead", False, ())
    assert (second.name, second.reached) == ("1688", True)
    assert second.offers


def test_nobody_waits_longer_than_the_deadline_nor_for_a_platform_that_keeps_failing(
    source: Ali1688, house: Gateway
) -> None:
    house.fault = "delay"
    asking = Asking({"1688": source}, seconds=0.1)
    for number in range(3):
        began = time.monotonic()
        assert not asking(f"mug {number}")[0].reached
        assert time.monotonic() - began < 0.4
    calls = len(house.asked)
    assert not asking("mug again")[0].reached
    assert len(house.asked) == calls


def test_the_same_words_are_asked_once_in_two_minutes(source: Ali1688, house: Gateway) -> None:
    asking = Asking({"1688": source}, seconds=SECONDS)
    assert asking("mug") == asking("mug")
    assert len(house.asked) == 1


def test_a_breaker_opens_after_three_failures_and_tries_again_after_a_rest() -> None:
    time_now = [0.0]
    breaker = Breaker(clock=lambda: time_now[0])
    for _failure in range(3):
        assert breaker.lets_through()
        breaker.tell(reached=False)
    assert not breaker.lets_through()
    time_now[0] = 31.0
    assert breaker.lets_through()
    assert not breaker.lets_through(), "one call at a time finds out"
    breaker.tell(reached=True)
    assert breaker.lets_through()
