"""Statements as banks write them, for the tests of this package."""

from __future__ import annotations

from collections.abc import Sequence

IBAN = "DE89370400440532013000"
_NS = "urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"


def entry(
    amount: str,
    *,
    ref: str = "",
    rf: str = "",
    text: str = "",
    name: str = "",
    number: str = "",
    currency: str = "CNY",
    credit: bool = True,
    status: str = "BOOK",
    day: str = "2026-11-20",
    to: str = "",
    end_to_end: str = "",
    more: str = "",
    returns: str = "",
) -> str:
    """One camt entry with the details that are given."""
    side = "Dbtr" if credit else "Cdtr"
    details = [
        f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>" if end_to_end else "",
        "<RltdPties>",
        f"<{side}><Pty><Nm>{name}</Nm></Pty></{side}>" if name else "",
        f"<{side}Acct><Id><IBAN>{number}</IBAN></Id></{side}Acct>" if number else "",
        f"<CdtrAcct><Id><IBAN>{to}</IBAN></Id></CdtrAcct>" if to else "",
        "</RltdPties><RmtInf>",
        f"<Ustrd>{text}</Ustrd>" if text else "",
        f"<Strd><CdtrRefInf><Ref>{rf}</Ref></CdtrRefInf></Strd>" if rf else "",
        "</RmtInf>",
        f"<RtrInf><Rsn><Cd>{returns}</Cd></Rsn></RtrInf>" if returns else "",
    ]
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{"CRDT" if credit else "DBIT"}</CdtDbtInd>{more}'
        f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"{f'<AcctSvcrRef>{ref}</AcctSvcrRef>' if ref else ''}"
        f"<NtryDtls><TxDtls>{''.join(details)}</TxDtls></NtryDtls></Ntry>"
    )


def camt(
    *entries: str,
    opening: str = "",
    closing: str = "",
    kind: str = "053",
    version: str = "08",
    number: str = "S-1",
    iban: str = IBAN,
    currency: str = "CNY",
) -> bytes:
    """A camt file around entries; balances only if they are given."""
    root, one = ("BkToCstmrStmt", "Stmt") if kind == "053" else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount.lstrip("-")}</Amt>'
        f"<CdtDbtInd>{'DBIT' if amount.startswith('-') else 'CRDT'}</CdtDbtInd></Bal>"
        for code, amount in (("OPBD", opening), ("CLBD", closing))
        if amount
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_NS.format(kind=kind, version=version)}"><{root}>'
        f"<{one}><Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{balances}{''.join(entries)}</{one}>"
        f"</{root}></Document>"
    ).encode()


def mt940(lines: Sequence[str], *, opening: str, closing: str, account: str = IBAN) -> bytes:
    """An MT940 message around lines ``:61:`` and ``:86:``."""
    head = [":20:STMT1", f":25:{account}", ":28C:00021/001", f":60F:{opening}"]
    return "\r\n".join([*head, *lines, f":62F:{closing}", "-"]).encode()
