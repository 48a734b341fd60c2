"""The plain table of a settlement report, which the sandbox writes and any gateway's file can be turned into.

CSV in UTF-8 with this header; amounts in plain digits with a point, as many decimals as the currency has:

    type,reference,provider_ref,day,currency,amount,fee
    charge,01k…,ch_1,2026-11-22,CNY,100.00,0.60
    refund,01k…,re_1,2026-11-22,CNY,-40.00,0.00
    fee,,inv_7,2026-11-22,CNY,-12.00,0.00
    payout,SBX20261122CNY,po_1,2026-11-22,CNY,-47.40,0.00

``amount`` is what the row does to our balance at the gateway before its ``fee``, which is never negative. ``reference``
is ours for a charge or refund; for a payout it is what the bank's statement will say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES, parse_money
from caigou.payments.ports import SETTLED_KINDS, ReportRefused, Settled

HEADER: Final = ("type", "reference", "provider_ref", "day", "currency", "amount", "fee")
MOST_BYTES: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 100_000
#: Faults that are named before the rest is left unread.
_MOST_FAULTS: Final = 20
_LONGEST: Final = 80


def read_plain(data: bytes) -> list[Settled]:
    """Return the rows of a report; raises ``ReportRefused`` with every line at fault."""
    if len(data) > MOST_BYTES or b"\0" in data:
        raise ReportRefused([_("This is no report of this gateway: its file is a table in UTF-8.")])
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise ReportRefused([_("This is no report of this gateway: its file is a table in UTF-8.")]) from None
    if not lines or tuple(cell.strip() for cell in lines[0]) != HEADER:
        raise ReportRefused([_("The first line must be: %(header)s") % {"header": ",".join(HEADER)}])
    if len(lines) > MOST_ROWS:
        raise ReportRefused([_("The file has too many lines.")])
    found: list[Settled] = []
    faults: list[str] = []
    for number, cells in enumerate(lines[1:], start=2):
        try:
            if any(cell.strip() for cell in cells):
                found.append(_row(cells))
        except (BadInput, ValueError) as error:
            faults.append(_("Line %(line)s: %(fault)s") % {"line": number, "fault": error})
            if len(faults) >= _MOST_FAULTS:
                break
    if faults:
        raise ReportRefused(faults)
    return found


def _row(cells: Sequence[str]) -> Settled:
    if len(cells) != len(HEADER):
        raise ValueError(_("It has not the columns of the first line."))
    kind, reference, provider_ref, day, currency, amount, fee = (cell.strip()[:_LONGEST] for cell in cells)
    if kind not in SETTLED_KINDS or currency not in CURRENCIES or currency == "PTS":
        raise ValueError(_("Its type or currency is unknown."))
    row = Settled(
        kind=kind,
        reference=reference,
        provider_ref=provider_ref,
        day=date.fromisoformat(day),
        amount=parse_money(amount, currency),
        fee=parse_money(fee or "0", currency),
    )
    if (row.kind == "charge") != (row.amount.minor > 0) or not row.amount or row.fee.minor < 0:
        raise ValueError(_("A charge is above zero, everything else below; a fee is never below zero."))
    return row


def write_plain(rows: Iterable[Settled]) -> bytes:
    """Return the rows as the table that ``read_plain`` reads."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for row in rows:
        cells = (row.kind, row.reference, row.provider_ref, row.day.isoformat(), row.amount.currency)
        table.writerow((*cells, row.amount.amount, row.fee.amount))
    return text.getvalue().encode()
