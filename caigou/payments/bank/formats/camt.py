"""camt.053 (end of day) and camt.054 (advice) of any version: the namespace is taken from the root.

Only what is booked moves money. Entities and document types are refused before anything is unfolded (defusedxml).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES, Money, parse_money
from caigou.payments.bank.formats.reasons import refuse
from caigou.payments.bank.formats.said import Entry, Said, number_of, parts, plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_REPORTS = {"BkToCstmrStmt": ("camt.053", "Stmt"), "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn")}


def read_camt(data: bytes) -> list[Said]:
    """Return the statements of an XML file; raises ``StatementRefused``."""
    root = _parsed(data)
    for child in root:
        report = _REPORTS.get(_local(child))
        if report is not None:
            kind, name = report
            found = [_statement(kind, statement) for statement in child.iterfind(f"{{*}}{name}")]
            if found:
                return found
    raise refuse("no_entries")


def _parsed(data: bytes) -> Element:
    from defusedxml.common import DefusedXmlException  # loaded by who reads statements only
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # the last: an encoding that isn't one
        raise refuse("bad_xml") from None
    return root


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _at(element: Element, *paths: str) -> Element | None:
    """Return what stands at the first of ``paths``, whatever its namespace."""
    for path in paths:
        found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
        if found is not None:
            return found
    return None


def _text(element: Element, *paths: str, most: int = 140) -> str:
    for path in paths:
        found = _at(element, path)
        if found is not None and (found.text or "").strip():
            return plain(found.text, most)
    return ""


def _statement(kind: str, statement: Element) -> Said:
    entries: list[Entry] = []
    pending = 0
    for place, ntry in enumerate(statement.iterfind("{*}Ntry"), start=1):
        if _text(ntry, "Sts/Cd", "Sts") not in {"BOOK", ""}:
            pending += 1
            continue
        entries += _entries(ntry, place)
    return Said(
        kind=kind,
        account_number=number_of(_text(statement, "Acct/Id/IBAN", "Acct/Id/Othr/Id")),
        entries=entries,
        number=_text(statement, "Id", "ElctrncSeqNb", most=60),
        opening=_balance(statement, "OPBD", "PRCD"),
        closing=_balance(statement, "CLBD"),
        pending=pending,
        currencies=frozenset(filter(None, [_text(statement, "Acct/Ccy")])),
    )


def _balance(statement: Element, *kinds: str) -> Money | None:
    """Return the first balance of one of ``kinds``, the earlier kind first; one of nothing is a balance, too."""
    stated = {_text(balance, "Tp/CdOrPrtry/Cd"): balance for balance in reversed(statement.findall("{*}Bal"))}
    found = next((stated[kind] for kind in kinds if kind in stated), None)
    if found is None:
        return None
    amount = _money(found, 0)
    return amount if _is_credit(found) else -amount


def _is_credit(element: Element) -> bool:
    return _text(element, "CdtDbtInd") != "DBIT"


def _money(element: Element, place: int, *paths: str) -> Money:
    found = _at(element, *(paths or ("Amt",)))
    text = (found.text or "").strip() if found is not None else ""
    currency = found.get("Ccy", "") if found is not None else ""
    if "." in text:  # a bank may write zeros that the currency hasn't
        text = text.rstrip("0").rstrip(".")
    try:
        money = parse_money(text, currency)
    except BadInput:
        raise refuse("bad_amount", place, value=f"{text} {currency}") from None
    if currency not in CURRENCIES or money.minor < 0:
        raise refuse("bad_amount", place, value=f"{text} {currency}")
    return money


def _day(element: Element, place: int, *paths: str) -> date | None:
    text = _text(element, *(f"{path}/{part}" for path in paths for part in ("Dt", "DtTm")))
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise refuse("bad_day", place, value=text) from None


def _entries(ntry: Element, place: int) -> list[Entry]:
    booked = _day(ntry, place, "BookgDt")
    value = _day(ntry, place, "ValDt")
    day = booked or value
    if day is None:
        raise refuse("bad_day", place, value="")
    reversal = _text(ntry, "RvslInd") in {"true", "1"}
    whole = Entry(
        day=day,
        value_day=value or day,
        is_credit=_is_credit(ntry),
        amount=_money(ntry, place),
        bank_ref=_text(ntry, "AcctSvcrRef", "NtryRef"),
        text=_text(ntry, "AddtlNtryInf", most=500),
        returns="reversal" if reversal else "",
        where=place,
    )
    if not whole.amount:
        return []
    details = list(ntry.iterfind("{*}NtryDtls/{*}TxDtls"))
    if len(details) == 1:
        return [_detailed(details[0], whole, whole.amount)]
    return parts(whole, list(_pieces(details, whole, place)))


def _pieces(details: list[Element], whole: Entry, place: int) -> Iterator[Entry]:
    for piece in details:
        if _at(piece, "Amt", "AmtDtls/TxAmt/Amt") is None:
            return  # a batch without amounts is one entry
        yield _detailed(piece, whole, _money(piece, place, "Amt", "AmtDtls/TxAmt/Amt"))


def _detailed(piece: Element, whole: Entry, amount: Money) -> Entry:
    """Return the entry with what its details say; the other side is who paid us, or whom we paid."""
    side = "Dbtr" if whole.is_credit else "Cdtr"
    structured = _text(piece, "RmtInf/Strd/CdtrRefInf/Ref")
    end_to_end = _text(piece, "Refs/EndToEndId")
    words = [plain(each.text, 500) for each in piece.iterfind("{*}RmtInf/{*}Ustrd")]
    return replace(
        whole,
        amount=amount,
        reference=structured or ("" if end_to_end == "NOTPROVIDED" else end_to_end),
        text=plain(" ".join([*words, "" if not structured else end_to_end, whole.text])),
        payer_name=_text(piece, f"RltdPties/{side}/Pty/Nm", f"RltdPties/{side}/Nm"),
        payer_number=number_of(_text(piece, f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id")),
        payer_bic=_text(piece, f"RltdAgts/{side}Agt/FinInstnId/BICFI", f"RltdAgts/{side}Agt/FinInstnId/BIC")[:11],
        to_number=number_of(_text(piece, "RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id")),
        returns=_text(piece, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", most=40) or whole.returns,
    )
