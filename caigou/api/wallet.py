"""Balances, movements and recharges of the key's company (A12, A13)."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from ninja import Field, Query, Schema
from pydantic import ConfigDict

from caigou.api.keys import KeyRequest, done_once, reads, writes
from caigou.api.orders import money_in
from caigou.api.pages import NoCursor, PageIn, page_of
from caigou.api.schemas import MoneyIn, MoneyOut
from caigou.api.shapes import answer, time_of, time_or_none
from caigou.ledger.services import Line, TransferId, statement
from caigou.payments.models import Recharge
from caigou.payments.selectors import Purse, purses
from caigou.payments.services.recharge import start_recharge

_TAG = "Money"
Kind = Literal["wallet", "supplier_payable"]
KINDS: tuple[Kind, ...] = ("wallet", "supplier_payable")


class BalanceOut(Schema):
    """What the ledger says of one account of the company at one moment."""

    account: Kind = Field(description="`supplier_payable`: what the platform owes a supplier for completed orders.")
    currency: str
    posted: MoneyOut
    set_aside: MoneyOut = Field(description="The part of it that is promised and not taken yet.")
    available: MoneyOut
    as_of: str


class BalancesOut(Schema):
    items: list[BalanceOut] = Field(description="Accounts that were ever used.")


class MovementsIn(PageIn):
    """Which account's movements."""

    account: Kind = "wallet"
    currency: str = Field(max_length=3, examples=["CNY"])


class MovementOut(Schema):
    """One posting, as the company sees it: `amount` is signed, `balance` is what stood after it."""

    id: str
    at: str
    purpose: str = Field(examples=["order.paid"])
    source: str = Field(description="What it was posted for: the id of an order, of a recharge.")
    code: str
    counterparty: str = Field(examples=["escrow"], description="Kind of the account on the other side.")
    amount: MoneyOut
    balance: MoneyOut


class MovementsOut(Schema):
    items: list[MovementOut]
    next: str | None


class RechargeIn(Schema):
    """How much shall come into the wallet, and which way."""

    model_config = ConfigDict(extra="forbid")

    amount: MoneyIn
    gateway: str = Field(max_length=40, examples=["sandbox"])


class RechargeOut(Schema):
    id: str
    status: Literal["started", "unknown", "paid", "failed", "review", "returned"] = Field(
        description="`unknown`: we are asking the gateway and never charge again. `review`: paid under another "
        "name than the company's, looked at before it is credited; `returned`: sent back after that."
    )
    amount: MoneyOut
    gateway: str
    pay_at: str | None = Field(description="Page where a person of the company pays; null once it has ended.")
    started_at: str
    ended_at: str | None


class RechargesOut(Schema):
    items: list[RechargeOut]
    next: str | None


def _balance(purse: Purse) -> dict[str, Any]:
    held = purse.balance
    return {
        "account": purse.kind,
        "currency": purse.currency,
        "posted": held.posted.to_json(),
        "set_aside": held.pending.to_json(),
        "available": held.available.to_json(),
        "as_of": time_of(held.as_of),
    }


@reads("balances", scope="read:wallet", out=BalancesOut, summary="Balances with their moment", tag=_TAG)
def balances(request: KeyRequest) -> HttpResponse:
    """Answer with every account of the company, read from the ledger (A12)."""
    return answer({"items": [_balance(purse) for kind in KINDS for purse in purses(request.company, kind)]})


@reads("movements", scope="read:wallet", out=MovementsOut, summary="Movements of one account, newest first", tag=_TAG)
def movements(request: KeyRequest, asked: Query[MovementsIn]) -> HttpResponse:
    """Answer with a page of postings, each with the balance after it (A12)."""
    owned = purses(request.company, asked.account)
    account = next((purse.account for purse in owned if purse.currency == asked.currency), None)
    if account is None:
        raise Http404
    lines = statement(account, limit=asked.limit + 1, before=_before(asked.cursor, account))
    page = lines[: asked.limit]
    following = _signer(account).sign(str(page[-1].transfer_id)) if len(lines) > asked.limit else None
    return answer({"items": [_movement(line) for line in page], "next": following})


def _signer(account: int) -> signing.Signer:
    """A cursor of one account is none of another."""
    return signing.Signer(salt=f"api.movements.{account}", sep=".")


def _before(cursor: str, account: int) -> TransferId | None:
    if not cursor:
        return None
    try:
        return TransferId(int(_signer(account).unsign(cursor)))
    except signing.BadSignature:
        raise NoCursor(cursor) from None


def _movement(line: Line) -> dict[str, Any]:
    return {
        "id": salted_hmac("api.movement", str(line.transfer_id)).hexdigest()[:20],
        "at": time_of(line.when),
        "purpose": line.purpose,
        "source": line.source,
        "code": line.code,
        "counterparty": line.counterparty_kind,
        "amount": line.amount.to_json(),
        "balance": line.balance.to_json(),
    }


def recharge_json(recharge: Recharge) -> dict[str, Any]:
    """Return a recharge as ``RechargeOut``."""
    ended = recharge.ended_at is not None
    return {
        "id": recharge.public_id,
        "status": recharge.status,
        "amount": recharge.amount.to_json(),
        "gateway": recharge.gateway,
        "pay_at": None
        if ended
        else settings.CAIGOU_BASE_URL + reverse("web:recharge_state", args=[recharge.public_id]),
        "started_at": time_of(recharge.started_at),
        "ended_at": time_or_none(recharge.ended_at),
    }


@reads("recharges", scope="read:wallet", out=RechargesOut, summary="Recharges, newest first", tag=_TAG)
def recharges(request: KeyRequest, asked: Query[PageIn]) -> HttpResponse:
    """Answer with a page of the company's recharges (A13)."""
    rows, following = page_of(Recharge.objects.visible_to(request.actor), asked)
    return answer({"items": [recharge_json(row) for row in rows], "next": following})


@writes("recharges", scope="write:payments", out=RechargeOut, summary="Ask for a recharge of the wallet", tag=_TAG)
def recharge_started(request: KeyRequest, body: RechargeIn) -> HttpResponse:
    """Note it; no money moves until a person of the company pays at `pay_at` (A13)."""
    amount = money_in(body.amount, "amount")

    def work() -> dict[str, Any]:
        return recharge_json(start_recharge(request.company, amount, gateway=body.gateway, by=request.actor))

    return done_once(request, body, work)


@reads("recharges/{public_id}", scope="read:wallet", out=RechargeOut, summary="What became of a recharge", tag=_TAG)
def recharge(request: KeyRequest, public_id: str) -> HttpResponse:
    """Answer with one recharge (A13)."""
    found = Recharge.objects.visible_to(request.actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return answer(recharge_json(found))
