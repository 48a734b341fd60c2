"""Links and share texts of platforms, as people paste them into the search box: which goods they name (F4).

Reading is all that happens: no link is ever opened by us, so a short link, whose goods only its platform knows, stays
unread.  Forms of addresses: integrations.md section 1 and the platforms' own pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

Platform = Literal["1688", "taobao", "tmall", "alibaba", "own", ""]

#: A link within a text that people share: Chinese words and brackets end it.
_LINK = re.compile(
    r"(?:https?://[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef「」“”<>\"']+"
    r"|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|cn)/[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef「」“”<>\"']+)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"[「“《【]([^」”》】]{4,120})[」”》】]")
_ID = re.compile(r"[0-9]{6,20}")
_OFFER = re.compile(r"/(?:offer|item|product|i)/(?:[^/]*?_)?([0-9]{6,20})(?:\.html?|/|$)")
_DETAIL = re.compile(r"/product-detail/[^/]*?_?([0-9]{6,20})\.html")
_OWN = re.compile(r"/p/([0-9a-z]{10,40})/")
#: One word that may be a seller's code: a letter and a figure, or many figures; a measure such as 350ml is none.
_CODE = re.compile(r"(?=[^\s]*[0-9])[A-Za-z0-9][A-Za-z0-9._/#-]{4,119}")
_MEASURE = re.compile(
    r"[0-9.x*/-]+(?:mm|cm|m|ml|l|g|kg|gsm|oz|in|inch|ft|w|v|kw|mah|ah|hz|gb|tb|mp|k|pcs|pc|in1|d|ply)?", re.IGNORECASE
)
_LEAST_FIGURES = 8

#: The end of a host's name says the platform; of several that fit, the first counts.
_HOSTS: Final[Mapping[str, Platform]] = {
    "tmall.com": "tmall",
    "tmall.hk": "tmall",
    "taobao.com": "taobao",
    "tb.cn": "taobao",
    "1688.com": "1688",
    "alibaba.com": "alibaba",
}
#: Hosts whose addresses are short names for others; only the platform can tell for which.
_SHORT: Final = frozenset({"m.tb.cn", "tb.cn", "s.tb.cn", "qr.1688.com", "s.click.taobao.com", "e.tb.cn"})
_NAMES: Final = ("id", "offerId", "offerid", "itemId", "item_id", "productId", "num_iid")


@dataclass(frozen=True, slots=True)
class Link:
    """A link that somebody pasted: its platform (empty: none that we know) and the goods that it names.

    ``external_id`` is empty where the address names none; ``is_short`` says that only the platform knows which.
    ``words`` is the title that stood beside it in a text that was shared.
    """

    platform: Platform
    external_id: str = ""
    is_short: bool = False
    words: str = ""


def read_link(text: str, *, own_hosts: Collection[str] = ()) -> Link | None:
    """Return what the first link in ``text`` names, None for a text without a link.

    >>> read_link("https://detail.1688.com/offer/620201390233.html?spm=a26")
    Link(platform='1688', external_id='620201390233', is_short=False, words='')
    >>> read_link("white mug 350ml")
    """
    found = _LINK.search(text)
    if found is None:
        return None
    address = found.group() if "://" in found.group() else f"https://{found.group()}"
    title = _TITLE.search(text)
    words = title.group(1).strip() if title else ""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return Link("", words=words)
    if host in own_hosts:
        own = _OWN.search(parts.path + "/")
        return Link("own", own.group(1) if own else "", words=words)
    if host in _SHORT:
        return Link(_platform(host), is_short=True, words=words)
    platform = _platform(host)
    return Link(platform, _goods_of(parts) if platform else "", words=words)


def _platform(host: str) -> Platform:
    return next((name for end, name in _HOSTS.items() if host == end or host.endswith(f".{end}")), "")


def _goods_of(parts: SplitResult) -> str:
    readers: tuple[Callable[[], re.Match[str] | None], ...] = (
        lambda: _OFFER.search(parts.path),
        lambda: _DETAIL.search(parts.path),
    )
    for reader in readers:
        match = reader()
        if match is not None:
            return match.group(1)
    asked = {**parse_qs(parts.fragment.partition("?")[2]), **parse_qs(parts.query)}
    values = (asked[name][-1] for name in _NAMES if name in asked)
    return next((value for value in values if _ID.fullmatch(value)), "")


def is_code(text: str) -> bool:
    """Say whether a search of one word looks like a seller's code, such as DH-M350 or 620201390233.

    >>> is_code("DH-M350"), is_code("350ml"), is_code("620201390233"), is_code("mug")
    (True, False, True, False)
    """
    if not _CODE.fullmatch(text):
        return False
    figures = sum(sign.isdigit() for sign in text)
    return figures >= _LEAST_FIGURES or not _MEASURE.fullmatch(text)
