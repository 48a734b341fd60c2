"""A link, or a seller's code, in the search box: straight to the goods that it names (F4). No link is ever opened."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from caigou.search.links import Link, is_code, read_link
from caigou.search.services.named import goods_named, goods_of_link
from caigou.web.market.goods import product_href
from caigou.web.market.tray import tray_context

#: A text that people share from an app is longer than a search.
_LONGEST = 1_000
_NAMES = {"1688": "1688", "taobao": "Taobao", "tmall": "Tmall", "alibaba": "Alibaba.com"}


def named_answer(request: Any) -> HttpResponse | None:
    """Return the answer to a search that is a link or exactly the code of one product; None for any other.

    Only a text with a link in it, or of one word with figures, costs more than a look at the text.
    """
    text = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    link = read_link(text, own_hosts=_own_hosts(request)) if "/" in text else None
    if link is not None:
        return _answer(request, link)
    if is_code(text) and not any(request.GET.get(name) for name in request.GET if name != "q"):
        goods = goods_named(text, actor=request.actor)
        return redirect(product_href(goods[0])) if len(goods) == 1 else None
    return None


def _own_hosts(request: Any) -> set[str]:
    return {urlsplit(settings.CAIGOU_BASE_URL).hostname or "", urlsplit(f"//{request.get_host()}").hostname or ""}


def _answer(request: Any, link: Link) -> HttpResponse:
    goods = goods_of_link(link, actor=request.actor)
    if len(goods) == 1:
        return redirect(product_href(goods[0]))
    if goods:
        return redirect(f"{reverse('web:search')}?{urlencode({'q': link.external_id, 'sort': 'relevance'})}")
    context = {
        "link": link,
        "platform": _NAMES.get(link.platform, ""),
        "words_href": f"{reverse('web:search')}?{urlencode({'q': link.words})}" if link.words else "",
        "find_q": "",
    }
    response = render(request, "web/market/linked.html", context | tray_context(request, None, back=request.path))
    if request.htmx:
        response["HX-Push-Url"] = request.get_full_path()
    return response
