"""Statements as banks write them: camt.053 for the account in euro, a table in GB18030 for the one in yuan.

The product's own readers take them in, as they take in those of a real bank.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from caigou.kernel.money import Money
from caigou.payments.bank.formats.tables import Meaning

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_HEAD: Final = ("交易日期", "收入金额", "支出金额", "账户余额", "对方户名", "对方账号", "摘要", "交易流水号")
#: What the columns of the table mean: as a person says it once, for every later file.
MEANING: Final = Meaning(
    {
        "day": "交易日期",
        "credit": "收入金额",
        "debit": "支出金额",
        "balance": "账户余额",
        "payer_name": "对方户名",
        "payer_number": "对方账号",
        "text": "摘要",
        "bank_ref": "交易流水号",
    },
    "%Y-%m-%d",
)


@dataclass(frozen=True, slots=True)
class Booked:
    """One movement; ``amount`` is negative for money out, ``reference`` a structured one, ``to`` the number met."""

    day: date
    amount: Money
    name: str = ""
    number: str = ""
    text: str = ""
    reference: str = ""
    to: str = ""
    returns: str = ""


def closing(opening: Money, lines: Sequence[Booked]) -> Money:
    """Return the balance after the lines."""
    return sum((line.amount for line in lines), opening)


def table(lines: Sequence[Booked], *, opening: Money, number: str) -> bytes:
    """Return a table as Chinese banks hand it out: CSV in GB18030 with a running balance."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(_HEAD)
    balance = opening
    for place, line in enumerate(lines, start=1):
        balance += line.amount
        came, went = (line.amount.amount, "") if line.amount.minor > 0 else ("", (-line.amount).amount)
        words = " ".join(filter(None, (line.text, line.reference)))
        rows.writerow([line.day, came, went, balance.amount, line.name, line.number, words, f"{number}{place:04}"])
    return text.getvalue().encode("gb18030")


def camt(lines: Sequence[Booked], *, opening: Money, number: str, iban: str) -> bytes:
    """Return a camt.053 statement with both balances."""
    document = Element("Document", {"xmlns": _NAMESPACE})
    statement = SubElement(SubElement(document, "BkToCstmrStmt"), "Stmt")
    _text(statement, "Id", number)
    _text(statement, "Acct/Id/IBAN", iban)
    for kind, balance in (("OPBD", opening), ("CLBD", closing(opening, lines))):
        stated = SubElement(statement, "Bal")
        _text(stated, "Tp/CdOrPrtry/Cd", kind)
        _amount(stated, balance)
    for place, line in enumerate(lines, start=1):
        _entry(SubElement(statement, "Ntry"), line, f"{number}-{place}")
    data: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return data


def _entry(entry: Element, line: Booked, reference: str) -> None:
    _amount(entry, line.amount)
    _text(entry, "Sts/Cd", "BOOK")
    _text(entry, "BookgDt/Dt", line.day.isoformat())
    _text(entry, "ValDt/Dt", line.day.isoformat())
    _text(entry, "AcctSvcrRef", reference)
    details = SubElement(SubElement(entry, "NtryDtls"), "TxDtls")
    side = "Dbtr" if line.amount.minor > 0 else "Cdtr"
    parties = SubElement(details, "RltdPties")
    _text(parties, f"{side}/Pty/Nm", line.name)
    _text(parties, f"{side}Acct/Id/IBAN", line.number)
    _text(parties, "CdtrAcct/Id/IBAN", line.to)
    told = SubElement(details, "RmtInf")
    _text(told, "Ustrd", line.text)
    _text(told, "Strd/CdtrRefInf/Ref", line.reference)
    _text(details, "RtrInf/Rsn/Cd", line.returns)


def _amount(parent: Element, amount: Money) -> None:
    size = Money(abs(amount.minor), amount.currency)
    SubElement(parent, "Amt", {"Ccy": amount.currency}).text = size.amount
    _text(parent, "CdtDbtInd", "CRDT" if amount.minor >= 0 else "DBIT")


def _text(parent: Element, path: str, text: str) -> None:
    if text:
        for name in path.split("/"):
            parent = SubElement(parent, name)
        parent.text = text
