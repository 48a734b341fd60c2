"""1688 behind the port of offers: ``product.search.keywordQuery``, read strictly (integrations.md 1.1 to 1.5)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog

from caigou.adapters.ali1688.signing import SIGNATURE, aop_sign
from caigou.catalogue.pricing import Tier
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.money import parse_money
from caigou.search.offers import Offer, OffersUnavailable

if TYPE_CHECKING:
    import httpx

log = structlog.get_logger(__name__)

NAMESPACE = "com.alibaba.fenxiao.crossborder"
API = "product.search.keywordQuery"
#: Eight offers are some 12 kB.
LARGEST = 512 * 1024
_ID = re.compile(r"[0-9]{1,20}", re.ASCII)
_LONGEST_TITLE = 300


@dataclass(frozen=True)
class Ali1688:
    """Implements ``search.offers.OfferSource``. ``url`` ends in ``/openapi``; ``page`` has ``{id}``."""

    url: str
    app_key: str
    secret: str
    token: str
    page: str = "https://detail.1688.com/offer/{id}.html"
    name: str = "1688"
    is_sandbox: bool = False

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx  # some megabytes that only a process that asks shall have

        return httpx.Client(follow_redirects=False, headers={"User-Agent": "Ocean-SDK-Client"})

    def search(self, text: str, *, most: int, seconds: float) -> Sequence[Offer]:
        """Return 1688's best offers for ``text``; raises ``OffersUnavailable``."""
        asked = {"keyword": text, "beginPage": 1, "pageSize": most, "country": "en"}
        told = self._call({"offerQueryParam": _compact(asked)}, seconds)
        return self._offers(told)[:most]

    def _call(self, parameters: Mapping[str, str], seconds: float) -> Mapping[str, Any]:
        """Send a signed call and return the JSON object of the answer, whatever its status: see integrations.md 1.4."""
        path = f"param2/1/{NAMESPACE}/{API}/{self.app_key}"
        signed = {**parameters, "access_token": self.token, "_aop_timestamp": str(round(now().timestamp() * 1000))}
        signed[SIGNATURE] = aop_sign(path, signed, self.secret)
        body = self._post(f"{self.url}/{path}", signed, seconds)
        try:
            told = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise OffersUnavailable(f"{self.name} answered no JSON") from error
        if not isinstance(told, dict):
            raise OffersUnavailable(f"{self.name} answered no object")
        if "error_code" in told:
            raise OffersUnavailable(f"{self.name} refused: {str(told['error_code'])[:60]}")
        return told

    def _post(self, address: str, form: Mapping[str, str], seconds: float) -> bytes:
        """Return the body, read to a limit of bytes and of time: drop by drop doesn't count as an answer."""
        import httpx

        end = time.monotonic() + seconds
        body = b""
        try:
            with self._client.stream("POST", address, data=dict(form), timeout=seconds) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise OffersUnavailable(f"{self.name} answered more than any page of offers")
                    if time.monotonic() > end:
                        raise OffersUnavailable(f"{self.name} took too long")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OffersUnavailable(f"{self.name} can't be reached: {type(error).__name__}") from error
        return body

    def _offers(self, told: Mapping[str, Any]) -> list[Offer]:
        """Return the offers of an answer, each once; a line that can't be read is left out, unless none can."""
        outer = told.get("result")
        if not isinstance(outer, dict) or outer.get("success") is not True or str(outer.get("code")) != "200":
            code = outer.get("code") if isinstance(outer, dict) else None
            raise OffersUnavailable(f"{self.name} answered code {str(code)[:20]}")
        inner = outer.get("result")
        lines = inner.get("data") if isinstance(inner, dict) else None
        if not isinstance(lines, list):
            raise OffersUnavailable(f"{self.name} answered no list of offers")
        offers: dict[str, Offer] = {}
        for line in lines:
            offer = self._offer(line)
            if offer is not None:
                offers.setdefault(offer.external_id, offer)
        if lines and not offers:
            raise OffersUnavailable(f"{self.name} answered offers that can't be read")
        if len(offers) < len(lines):
            log.info("offers left out", source=self.name, count=len(lines) - len(offers))
        return list(offers.values())

    def _offer(self, line: Any) -> Offer | None:
        """Return one line as an offer, None where its id, its title or its price can't be read; never guessed."""
        if not isinstance(line, dict):
            return None
        number, titles = str(line.get("offerId", "")), (line.get("subjectTrans"), line.get("subject"))
        title_en, title_zh = (" ".join(one.split())[:_LONGEST_TITLE] if isinstance(one, str) else "" for one in titles)
        prices = line.get("priceInfo")
        moq = _whole(line.get("minOrderQuantity")) or 1
        try:
            price = parse_money(prices.get("price") if isinstance(prices, dict) else None, "CNY")
        except DomainError:
            return None
        if not _ID.fullmatch(number) or not (title_en or title_zh) or price.minor <= 0:
            return None
        return Offer(
            source=self.name,
            external_id=number,
            title_en=title_en,
            title_zh=title_zh,
            moq=moq,
            tiers=(Tier(moq, price),),
            sold=_whole(line.get("monthSold")),
            href=self.page.format(id=number),
            fetched_at=now(),
        )


def _whole(value: Any) -> int | None:
    """Return a whole number that is sent as one; 1688 sends some as texts."""
    if isinstance(value, str) and _ID.fullmatch(value):
        value = int(value)
    return value if type(value) is int and 0 <= value < 10**9 else None


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
