"""What the sandbox answers: the checks of 1688's gateway in its order, then made-up offers (integrations.md 1.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from caigou.adapters.ali1688.signing import is_signed
from caigou.adapters.ali1688.source import API, NAMESPACE

APP_KEY = "1000000"
TOKEN = "sandbox-token"  # noqa: S105  opens nothing but made-up offers
_OFFERS = Path(__file__).with_name("offers.jsonl")
_MOST = 50


def answer(path: str, form: Mapping[str, str], *, secret: str) -> tuple[int, dict[str, Any]]:
    """Return status and body for a call of ``path``, which begins with ``param2/``.

    In the order of the real gateway: signature, whether there is such an API, token, parameters.
    """
    if not is_signed(path, form, secret):
        return _refused("gw.SignatureInvalid", "Invalid signature")
    if path != f"param2/1/{NAMESPACE}/{API}/{APP_KEY}":
        return _refused("gw.APIUnsupported", "The API is unsupported")
    if form.get("access_token") != TOKEN:
        return _refused("401", "Request need user authorized", status=401)
    try:
        asked = json.loads(form["offerQueryParam"])
        keyword, page, size = str(asked["keyword"]), int(asked["beginPage"]), int(asked["pageSize"])
        language = str(asked["country"])
    except (KeyError, ValueError, TypeError):
        return _refused("gw.ParamMissing", "offerQueryParam needs keyword, beginPage, pageSize and country")
    if not keyword or not language or page < 1 or not 1 <= size <= _MOST:
        return _refused("gw.ParamMissing", "offerQueryParam can't be read")
    return 200, _page(_found(keyword), page, size)


def _refused(code: str, message: str, *, status: int = 400) -> tuple[int, dict[str, Any]]:
    body = {"error_code": code, "error_message": message, "exception": message, "request_id": "sandbox"}
    return status, body


@cache
def _offers() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _OFFERS.read_text(encoding="utf-8").splitlines() if line]


def _found(keyword: str) -> list[dict[str, Any]]:
    """Return the offers that have a word of ``keyword``, those with most of them first."""
    words = [word for word in keyword.lower().split() if word]

    def met(offer: dict[str, Any]) -> int:
        titles = f"{offer['subject']} {offer['subjectTrans']}".lower()
        return sum(word.removesuffix("s") in titles for word in words)

    found = [(met(offer), offer) for offer in _offers()]
    return [offer for count, offer in sorted(found, key=lambda one: -one[0]) if count]


def _page(offers: list[dict[str, Any]], page: int, size: int) -> dict[str, Any]:
    pages = -(-len(offers) // size)
    inner = {
        "totalRecords": len(offers),
        "totalPage": pages,
        "pageSize": size,
        "currentPage": page,
        "data": [_line(offer) for offer in offers[(page - 1) * size : page * size]],
    }
    return {"result": {"success": True, "code": "200", "message": "", "result": inner}}


def _line(offer: dict[str, Any]) -> dict[str, Any]:
    price = {"price": offer["price"], "consignPrice": offer["price"], "jxhyPrice": None, "promotionPrice": None}
    return {
        "offerId": offer["offerId"],
        "subject": offer["subject"],
        "subjectTrans": offer["subjectTrans"],
        "imageUrl": "",
        "priceInfo": price,
        "minOrderQuantity": offer["moq"],
        "monthSold": offer["sold"],
        "isOnePsale": False,
        "sellerIdentities": ["tp_member"],
        "token": "",
        "promotionURL": "",
    }
