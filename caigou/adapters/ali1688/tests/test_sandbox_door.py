"""The sandbox inside the house, at its address: signed calls only."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from caigou.adapters.ali1688.signing import SIGNATURE, aop_sign
from caigou.adapters.sandbox_1688.gateway import APP_KEY, TOKEN

pytestmark = pytest.mark.django_db


def test_the_sandbox_in_the_house_answers_signed_calls_only() -> None:
    path = f"param2/1/com.alibaba.fenxiao.crossborder/product.search.keywordQuery/{APP_KEY}"
    form = {
        "offerQueryParam": '{"keyword":"mug","beginPage":1,"pageSize":5,"country":"en"}',
        "access_token": TOKEN,
    }
    form[SIGNATURE] = aop_sign(path, form, settings.CAIGOU_SANDBOX_SECRET)
    address = f"/sandbox/1688/openapi/{path}"

    assert Client().post(address, form).json()["result"]["result"]["data"][0]["offerId"] > 0
    forged = Client().post(address, {**form, SIGNATURE: "0" * 40})
    assert (forged.status_code, forged.json()["error_code"]) == (400, "gw.SignatureInvalid")
