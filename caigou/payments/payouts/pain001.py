"""pain.001.001.09, credit transfers: the file that a bank's portal takes. One payment block, one payer, one currency.

Written with the standard library and in the order of the schema; a test holds it to the official one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from stdnum import iban as ibans

from caigou.kernel.money import Money
from caigou.payments.bank.models import BankAccount

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
#: The letters that SWIFT hands on; Chinese banks take Chinese as well, and Latin ones lose their accents.
_KEPT: Final = re.compile(r"[^0-9A-Za-z/\-?:().,'+ \u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: our reference, payee, account number or IBAN, BIC, sum, country of the bank."""

    reference: str
    holder: str
    number: str
    bic: str
    amount: Money
    country: str = ""


def credit_transfers(payer: BankAccount, transfers: Sequence[Transfer], *, name: str, made_at: datetime) -> bytes:
    """Return the file. ``name`` is the message's id, which the bank takes once."""
    total = sum((each.amount for each in transfers), Money.zero(payer.currency)).amount
    document = Element("Document", {"xmlns": NAMESPACE})
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    head = SubElement(initiation, "GrpHdr")
    _text(head, "MsgId", name)
    _text(head, "CreDtTm", made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z")
    _text(head, "NbOfTxs", str(len(transfers)))
    _text(head, "CtrlSum", total)
    _text(SubElement(head, "InitgPty"), "Nm", _plain(payer.holder))
    block = SubElement(initiation, "PmtInf")
    _text(block, "PmtInfId", name)
    _text(block, "PmtMtd", "TRF")
    _text(block, "BtchBookg", "false")
    _text(block, "NbOfTxs", str(len(transfers)))
    _text(block, "CtrlSum", total)
    _text(SubElement(block, "ReqdExctnDt"), "Dt", made_at.astimezone(UTC).date().isoformat())
    _text(SubElement(block, "Dbtr"), "Nm", _plain(payer.holder))
    _account(SubElement(block, "DbtrAcct"), payer.number, payer.currency)
    _bank(SubElement(block, "DbtrAgt"), payer.bic, payer.country)
    for each in transfers:
        _transfer(block, each)
    made: bytes = tostring(document, encoding="UTF-8", xml_declaration=True)
    return made


def _transfer(block: Element, each: Transfer) -> None:
    one = SubElement(block, "CdtTrfTxInf")
    ids = SubElement(one, "PmtId")
    _text(ids, "InstrId", each.reference)
    _text(ids, "EndToEndId", each.reference)
    amount = SubElement(SubElement(one, "Amt"), "InstdAmt", {"Ccy": each.amount.currency})
    amount.text = each.amount.amount
    _bank(SubElement(one, "CdtrAgt"), each.bic, each.country)
    _text(SubElement(one, "Cdtr"), "Nm", _plain(each.holder))
    _account(SubElement(one, "CdtrAcct"), each.number, "")
    _text(SubElement(one, "RmtInf"), "Ustrd", each.reference)


def _account(parent: Element, number: str, currency: str) -> None:
    inside = SubElement(parent, "Id")
    if ibans.is_valid(number):
        _text(inside, "IBAN", number)
    else:
        _text(SubElement(inside, "Othr"), "Id", number)
    if currency:
        _text(parent, "Ccy", currency)


def _bank(parent: Element, bic: str, country: str) -> None:
    institution = SubElement(parent, "FinInstnId")
    if bic:
        _text(institution, "BICFI", bic)
    elif country:
        _text(SubElement(institution, "PstlAdr"), "Ctry", country)
    else:
        _text(SubElement(institution, "Othr"), "Id", "NOTPROVIDED")


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _plain(name: str) -> str:
    """Return a name as banks hand it on.

    >>> _plain("Möller & Söhne"), _plain("义乌青窑陶瓷")
    ('Moller   Sohne', '义乌青窑陶瓷')
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return _KEPT.sub(" ", bare)[:140]
