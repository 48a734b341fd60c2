"""Exchange between the wallets of the key's company: quoted, then taken once (B9, A13)."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema
from pydantic import ConfigDict

from caigou.api.keys import KeyRequest, done_once, reads, writes
from caigou.api.order_schemas import SumIn
from caigou.api.orders import money_in
from caigou.api.pages import PageIn, page_of
from caigou.api.schemas import MoneyIn, MoneyOut
from caigou.api.shapes import answer, time_of, time_or_none
from caigou.integrations.services.limits import count
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.ledger.models import FxQuote
from caigou.payments.rates.exchange import QUOTES_A_MINUTE, ask_quote, confirm, exchanged_at, exchanges_of
from caigou.payments.rates.quotes import Basis
from caigou.payments.settings import SPREAD

_TAG = "Money"
_SCOPE = "write:exchange"


class QuoteIn(Schema):
    """What is given up, and for which currency."""

    model_config = ConfigDict(extra="forbid")

    sell: MoneyIn
    buy: str = Field(max_length=3, examples=["USD"])


class QuoteOut(Schema):
    """A promise: `sell` brings `buy` until `expires_at`. Nothing is set aside for it."""

    id: str
    status: Literal["open", "exchanged", "expired"]
    sell: MoneyOut
    buy: MoneyOut = Field(description="Rounded down to a minor unit.")
    rate: str = Field(examples=["0.1225"], description="Units of `buy` for one of `sell`, with the spread in it.")
    spread_percent: str | None = Field(examples=["2"], description="What the house keeps of the published rate.")
    sources: list[str] = Field(examples=[["ecb"]], description="Who published the rate.")
    rate_day: str | None = Field(examples=["2026-11-23"])
    quoted_at: str
    expires_at: str
    exchanged_at: str | None


class ExchangesOut(Schema):
    items: list[QuoteOut]
    next: str | None


def quote_json(quote: FxQuote) -> dict[str, Any]:
    """Return a quote as ``QuoteOut``."""
    done, basis = exchanged_at(quote.public_id), Basis.read(quote.rate_source)
    return {
        "id": quote.public_id,
        "status": "exchanged" if done else "open" if quote.expires_at > now() else "expired",
        "sell": quote.given.to_json(),
        "buy": quote.got.to_json(),
        "rate": f"{quote.rate.normalize():f}",
        "spread_percent": SPREAD.write(basis.points) if basis else None,
        "sources": list(basis.sources) if basis else [],
        "rate_day": basis.day.isoformat() if basis else None,
        "quoted_at": time_of(quote.quoted_at),
        "expires_at": time_of(quote.expires_at),
        "exchanged_at": time_or_none(done),
    }


def _own(request: KeyRequest) -> QuerySet[FxQuote]:
    return FxQuote.objects.filter(owner=request.company.public_id)


def _found(request: KeyRequest, public_id: str) -> FxQuote:
    quote = _own(request).filter(public_id=public_id).first()
    if quote is None:
        raise Http404
    return quote


@reads("exchange/quotes", scope="read:wallet", out=ExchangesOut, summary="What was exchanged, newest first", tag=_TAG)
def exchanges(request: KeyRequest, asked: Query[PageIn]) -> HttpResponse:
    """Answer with a page of the quotes that were taken (B9)."""
    rows, following = page_of(exchanges_of(request.company), asked)
    return answer({"items": [quote_json(row) for row in rows], "next": following})


@writes("exchange/quotes", scope=_SCOPE, out=QuoteOut, summary="Ask what money brings in another currency", tag=_TAG)
def quote_asked(request: KeyRequest, body: QuoteIn) -> HttpResponse:
    """Promise an amount for two minutes; no money moves before it is accepted (B9)."""
    count(f"quotes:{request.company.pk}", limit=QUOTES_A_MINUTE)
    sell = money_in(body.sell, "sell")

    def work() -> dict[str, Any]:
        quote = ask_quote(request.company, sell, body.buy, by=request.actor)
        return quote_json(_found(request, quote.public_id))

    return done_once(request, body, work)


@reads("exchange/quotes/{public_id}", scope="read:wallet", out=QuoteOut, summary="What became of a quote", tag=_TAG)
def quote(request: KeyRequest, public_id: str) -> HttpResponse:
    """Answer with one quote (B9)."""
    return answer(quote_json(_found(request, public_id)))


@writes(
    "exchange/quotes/{public_id}/accept",
    scope=_SCOPE,
    out=QuoteOut,
    summary="Exchange as quoted, between the company's wallets",
    tag=_TAG,
)
def quote_accepted(request: KeyRequest, public_id: str, body: SumIn) -> HttpResponse:
    """Exchange once, at the promised amount: accepting it again is the same exchange. It can't be undone (B9, A13)."""
    found, expected = _found(request, public_id), money_in(body.expected, "expected")

    def work() -> dict[str, Any]:
        if expected != found.got:
            words = _("Nothing was exchanged. Look at the quote again, then confirm it.")
            raise BadInput(words, code="wrong_amount", fields={"expected": words})
        confirm(request.company, public_id, by=request.actor)
        return quote_json(found)

    return done_once(request, body, work)
