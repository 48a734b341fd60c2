"""All that a company has here in one file, whenever it wants to go: a full exit needs nobody's leave (section 5, 12).

Tables with heads that stay the same in every language, since machines read them too, and the proofs of the newest
balances as the verifier takes them.  Stored goods come with the warehouse.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, Final

from caigou.accounts.models import Address, Company
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.ledger.models import Account
from caigou.ledger.services import AccountId, Line, TransferId, balances, statement
from caigou.negotiation.models import Inquiry, Offer
from caigou.orders.models import Order, OrderEvent
from caigou.payments.bank.models import CorporateTransfer
from caigou.payments.models import Recharge
from caigou.payments.payouts.models import Payout
from caigou.payments.rates.exchange import exchanges_of
from caigou.payments.refunds.models import Refund
from caigou.statements.models import Document, Leaf
from caigou.statements.proofs.proof import proof_of
from caigou.statements.sheet import written
from caigou.wallets.models import ServicePayment

_PAGE: Final = 1_000
#: The columns of each table, by what the row calls them.
_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "requests": ("public_id", "status", "buyer", "seller", "product", "quantity", "wish", "asked_at"),
    "offers": (
        "public_id", "inquiry.public_id", "status", "round", "quantity", "moq", "unit_price", "total", "deliver_by",
        "valid_until", "note", "made_at", "sealed_hash",
    ),
    "orders": (
        "public_id", "number", "status", "buyer", "seller", "product", "quantity", "unit_price", "total", "address",
        "deliver_by", "carrier", "tracking_number", "placed_at", "paid_at", "shipped_at", "completed_at",
        "cancelled_at", "cancel_reason",
    ),
    "order_history": ("order.public_id", "at", "what", "by_role", "details"),
    "addresses": ("name", "phone", "line1", "line2", "city", "region", "postcode", "country"),
    "recharges": ("public_id", "status", "amount", "gateway", "started_at", "ended_at"),
    "transfers": ("public_id", "status", "amount", "arrived", "reference", "started_at", "arrived_at"),
    "refunds": ("public_id", "recharge.public_id", "status", "amount", "words", "asked_at", "ended_at"),
    "payouts": ("public_id", "status", "amount", "holder", "number", "reference", "requested_at", "ended_at"),
    "exchanges": ("public_id", "given", "got", "rate", "rate_source", "quoted_at"),
    "services": (
        "public_id", "payee.name_en", "words", "order_number", "estimated", "amount", "asked_at", "paid_at",
        "withdrawn_at",
    ),
    "documents": ("full_number", "kind", "total", "issued_at", "order.public_id"),
}  # fmt: skip
_MOVED: Final = ("account", "currency", "at", "purpose", "source", "code", "other_account", "amount", "balance")
_HELD: Final = ("account", "currency", "posted", "set_aside", "available", "as_of")


def write_all(out: IO[bytes], company: Company, by: Actor) -> None:
    """Write the company's whole file into ``out`` as a ZIP; what ``by`` may not see isn't in it."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in _parts(company, by):
            file.writestr(name, text)


def _parts(company: Company, by: Actor) -> Iterator[tuple[str, str]]:
    inquiries, orders = Inquiry.objects.visible_to(by), Order.objects.visible_to(by)
    sides = ("buyer", "seller", "product")
    found: Mapping[str, Any] = {
        "requests": inquiries.select_related(*sides),
        "offers": Offer.objects.visible_to(by).select_related("inquiry"),
        "orders": orders.select_related(*sides),
        "order_history": OrderEvent.objects.filter(order__in=orders).select_related("order"),
        "addresses": Address.objects.visible_to(by),
        "recharges": Recharge.objects.visible_to(by),
        "transfers": CorporateTransfer.objects.filter(company=company),
        "refunds": Refund.objects.visible_to(by).select_related("recharge"),
        "payouts": Payout.objects.visible_to(by),
        "exchanges": exchanges_of(company),
        "services": ServicePayment.objects.filter(company=company).select_related("authorisation", "payee"),
        "documents": Document.objects.visible_to(by).select_related("order"),
    }
    for name, rows in found.items():
        yield f"{name}.csv", _table(_COLUMNS[name], rows.order_by("pk").iterator(_PAGE))
    accounts = list(Account.objects.filter(owner=company.public_id).order_by("kind", "currency"))
    yield "balances.csv", written([_HELD, *_held(accounts)], figures=frozenset({2, 3, 4}))
    yield "movements.csv", written([_MOVED, *_moved(accounts)], figures=frozenset({7, 8}))
    newest = Leaf.objects.filter(company=company).order_by("kind", "commitment__currency", "-commitment__day")
    for leaf in newest.distinct("kind", "commitment__currency").select_related("commitment", "company"):
        yield f"proofs/{leaf.kind}-{leaf.commitment.currency}.json", json.dumps(proof_of(leaf), indent=1)


def _table(columns: Sequence[str], rows: Iterable[Any]) -> str:
    getters = [_getter(column) for column in columns]
    return written([columns, *([get(row) for get in getters] for row in rows)])


def _getter(column: str) -> Callable[[Any], str]:
    def get(row: Any) -> str:
        for name in column.split("."):
            row = getattr(row, name, None)
        return _said(row)

    return get


def _said(value: Any) -> str:
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return "" if value is None else str(value)


def _held(accounts: Sequence[Account]) -> Iterator[Sequence[str]]:
    held = balances(AccountId(account.pk) for account in accounts) if accounts else {}
    for account in accounts:
        found = held[AccountId(account.pk)]
        sums = (found.posted.amount, found.pending.amount, found.available.amount)
        yield (account.kind, account.currency, *sums, found.as_of.isoformat())


def _moved(accounts: Sequence[Account]) -> Iterator[Sequence[str]]:
    for account in accounts:
        before: TransferId | None = None
        while lines := statement(AccountId(account.pk), limit=_PAGE, before=before):
            yield from (_movement(account, line) for line in lines)
            before = lines[-1].transfer_id


def _movement(account: Account, line: Line) -> Sequence[str]:
    named = (line.purpose, line.source, line.code, line.counterparty_kind)
    return (account.kind, account.currency, line.when.isoformat(), *named, line.amount.amount, line.balance.amount)
