"""Read a file of opening balances: every row or none, and of each that is refused why and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from caigou.accounts.models import Company, CompanyKind
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES, Money, parse_money
from caigou.payments.bank.formats.read import read_file
from caigou.payments.bank.formats.said import number_of, plain
from caigou.payments.bank.formats.tables import Table
from caigou.payments.bank.models import AccountStatus, BankAccount
from caigou.wallets.opening.escrows import Owing, owing
from caigou.wallets.opening.models import OpeningKind, OpeningRow
from caigou.wallets.opening.reasons import Fault

#: One file is one journal (``ledger.post``).
MOST_ROWS: Final = 500
COLUMNS: Final = ("kind", "company", "currency", "amount", "reference")
_REFERENCE = re.compile(r"[A-Za-z0-9._/-]{3,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file says: rows that aren't stored yet, how many an earlier file had brought, and what is refused."""

    rows: Sequence[OpeningRow] = field(default_factory=tuple)
    known: int = 0
    faults: Sequence[Fault] = field(default_factory=tuple)


class _Refused(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def read_opening(data: bytes) -> Draft:
    """Return what a CSV or XLSX file says. Raises ``StatementRefused`` for bytes that are no table at all."""
    table = read_file(data)
    if not isinstance(table, Table):
        return Draft(faults=[Fault("no_table")])
    places = {name.strip().lower(): at for at, name in enumerate(table.header)}
    missing = [name for name in COLUMNS if name not in places]
    if missing:
        return Draft(faults=[Fault("no_columns", params={"missing": ", ".join(missing)})])
    if not table.rows or len(table.rows) > MOST_ROWS:
        return Draft(faults=[Fault("too_many_rows" if table.rows else "no_rows", params={"most": MOST_ROWS})])
    rows: list[OpeningRow] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    orders: dict[str, int] = {}
    for line, cells in table.rows:
        try:
            row = _row(line, {name: _text(cells, at) for name, at in places.items() if name in COLUMNS})
            if row.reference in lines:
                raise _Refused("twice", value=row.reference, first=lines[row.reference])
            if row.order and row.order in orders:
                raise _Refused("order_twice", first=orders[row.order])
        except _Refused as refused:
            faults.append(Fault(refused.code, line, refused.params))
            continue
        lines[row.reference] = line
        orders |= {row.order: line} if row.order else {}
        rows.append(row)
    return _without_known(rows, faults)


def _text(cells: Sequence[Any], at: int) -> str:
    cell = cells[at] if at < len(cells) else ""
    if isinstance(cell, dict):
        raise _Refused("doubtful", value=plain(str(cell.get("v", "")), 80))
    return plain(str(cell), 200)


def _row(line: int, told: Mapping[str, str]) -> OpeningRow:
    kind, currency, reference = told["kind"].lower(), told["currency"].upper(), told["reference"]
    if kind not in OpeningKind.values:
        raise _Refused("unknown_kind", value=told["kind"][:80])
    if currency not in CURRENCIES or currency == "PTS":
        raise _Refused("bad_currency", value=told["currency"][:80])
    if not _REFERENCE.fullmatch(reference):
        raise _Refused("bad_reference", value=reference[:80])
    amount = _amount(told["amount"], currency)
    row = OpeningRow(line=line, kind=kind, currency=currency, amount_minor=amount.minor, reference=reference)
    if kind == OpeningKind.ESCROW:
        found = _owing(told["company"], amount)
        row.order, row.company_id = found.public_id, found.buyer_id
    elif kind == OpeningKind.BANK:
        row.account = _account(told["company"], currency)
    else:
        row.company = _company(told["company"], OpeningKind(kind))
    return row


def _amount(text: str, currency: str) -> Money:
    try:
        amount = parse_money(text, currency)
    except BadInput:
        amount = Money.zero(currency)
    if amount.minor <= 0:
        raise _Refused("bad_amount", value=text[:80], currency=currency)
    return amount


def _company(text: str, kind: OpeningKind) -> Company:
    found = Company.objects.exclude(kind=CompanyKind.OPERATOR).filter(public_id=text.lower()).first()
    if found is None:
        raise _Refused("unknown_company", value=text[:80])
    if kind == OpeningKind.WALLET and found.kind != CompanyKind.BUYER:
        raise _Refused("not_a_buyer", value=found.name_en)
    if kind == OpeningKind.PAYABLE and found.kind != CompanyKind.SUPPLIER:
        raise _Refused("not_a_supplier", value=found.name_en)
    return found


def _owing(text: str, amount: Money) -> Owing:
    """Return the order that an escrow is kept for; it holds all that the order costs, or nothing."""
    found = owing(text)
    if found is None:
        raise _Refused("unknown_order", value=text[:80])
    if found[1].total != amount:
        raise _Refused("other_total", value=text[:80], total=str(found[1].total))
    return found[1]


def _account(text: str, currency: str) -> BankAccount:
    ours = BankAccount.objects.filter(status=AccountStatus.OPEN, currency=currency, number=number_of(text)).first()
    if ours is None:
        raise _Refused("unknown_account", value=text[:80])
    return ours


def _without_known(rows: list[OpeningRow], faults: list[Fault]) -> Draft:
    """Leave out what an earlier file brought; the same reference with another balance is refused."""
    stored = OpeningRow.objects.filter(counts=True, reference__in=[row.reference for row in rows])
    earlier = {row.reference: row for row in stored}
    fresh = []
    for row in rows:
        known = earlier.get(row.reference)
        if known is None:
            fresh.append(row)
        elif _said(known) != _said(row):
            faults.append(Fault("known_other", row.line, {"value": row.reference}))
    return Draft(fresh, len(rows) - len(fresh), sorted(faults, key=lambda fault: fault.line))


def _said(row: OpeningRow) -> tuple[Any, ...]:
    return (row.kind, row.order, row.company_id, row.account_id, row.currency, row.amount_minor)
