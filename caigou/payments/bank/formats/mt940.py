"""MT940, read by the library ``mt-940``: one or many messages in a file, with or without SWIFT's envelope.

The library passes over a line that it can't read. So the lines are counted here, and opening balance and entries must
make the closing balance.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money, parse_money
from caigou.payments.bank.formats.reasons import refuse
from caigou.payments.bank.formats.said import Entry, Said, number_of, plain

#: Longer lines than any bank writes are refused before a pattern is tried on them.
_LONGEST_LINE: Final = 500
_MESSAGE: Final = re.compile(r"^:20:", re.MULTILINE)
_ENVELOPE: Final = re.compile(r"^\{[^\n]{0,400}\{4:\s*$|^-\}?\s*$", re.MULTILINE)
_SUBFIELD: Final = re.compile(r"\?(\d\d)")
_KEY: Final = re.compile(r"\b(EREF|KREF|SVWZ|IBAN|NAME|BIC|ABWA|CRED|MREF|PURP)\+")
_CREDITS: Final = {"C", "RD"}
_EXPECTED: Final = {"EC", "ED"}
#: Types of transactions that say that a payment came back.
_RETURNS: Final = {"NRTI", "FRTI", "NRTN", "FRTN"}


def read_mt940(text: str) -> list[Said]:
    """Return the statements of a file; raises ``StatementRefused``."""
    if any(len(line) > _LONGEST_LINE for line in text.splitlines()):
        raise refuse("bad_mt940")
    text = _ENVELOPE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    starts = [found.start() for found in _MESSAGE.finditer(text)]
    if not starts:
        raise refuse("no_entries")
    ends = [*starts[1:], len(text)]
    return [_message(text[start:end], text.count("\n", 0, start)) for start, end in zip(starts, ends, strict=True)]


def _message(text: str, before: int) -> Said:
    import mt940  # loaded by who reads statements only

    try:
        # Left raw: the library joins the payer's number and name.
        read = mt940.parse(text, processors={"post_transaction_details": []})
        facts = dict(read.data)
    except Exception:  # whatever a hostile message finds in a parser is its own fault
        raise refuse("bad_mt940", before + 1) from None
    lines = [before + 1 + text.count("\n", 0, found.start()) for found in re.finditer(r"^:61:", text, re.MULTILINE)]
    rows = [row.data for row in read if row.data.get("amount") is not None]
    if len(rows) != len(lines):
        raise refuse("bad_mt940", lines[0] if lines else before + 1)
    opening = _balance(facts, "opening", before)
    closing = _balance(facts, "closing", before)
    entries = [_entry(row, line) for row, line in zip(rows, lines, strict=True) if row["status"] not in _EXPECTED]
    number = "/".join(str(facts[key]) for key in ("statement_number", "sequence_number") if facts.get(key))
    day = closing_day(facts)
    return Said(
        kind="mt940",
        account_number=number_of(str(facts.get("account_identification", "")).rpartition("/")[2]),
        entries=[entry for entry in entries if entry.amount],
        number=plain(f"{number} {day or ''}".strip(), 60),
        opening=opening,
        closing=closing,
        pending=len(rows) - len(entries),
        currencies=frozenset(money.currency for money in (opening, closing) if money is not None),
    )


def closing_day(facts: dict[str, Any]) -> date | None:
    """Return the day of the closing balance: numbers of statements begin anew each year."""
    for key in ("final_closing_balance", "intermediate_closing_balance"):
        if facts.get(key) is not None:
            return _date(facts[key].date)
    return None


def _balance(facts: dict[str, Any], which: str, before: int) -> Money | None:
    """Return the balance; a message that is one of several of a statement has intermediate ones."""
    for key in (f"final_{which}_balance", f"intermediate_{which}_balance"):
        if facts.get(key) is not None:
            # The library gives a debit balance as a negative amount.
            return _money(facts[key].amount, before + 1)
    return None


def _money(amount: Any, line: int) -> Money:
    figure = f"{amount.amount:f}"
    figure = figure.rstrip("0").rstrip(".") if "." in figure else figure
    try:
        return parse_money(figure, str(amount.currency))
    except BadInput:
        raise refuse("bad_amount", line, value=f"{figure} {amount.currency}") from None


def _date(day: Any) -> date:
    return day.date() if isinstance(day, datetime) else date(day.year, day.month, day.day)


def _entry(row: dict[str, Any], line: int) -> Entry:
    status, kind = str(row["status"]), str(row.get("id") or "")
    money = _money(row["amount"], line)
    value_day = _date(row["date"])
    fields = _fields(str(row.get("transaction_details") or ""))
    customer = plain(row.get("customer_reference"))
    returns = "reversal" if status in {"RC", "RD"} else kind if kind in _RETURNS else ""
    return Entry(
        day=_date(row["entry_date"]) if row.get("entry_date") else value_day,
        value_day=value_day,
        is_credit=status in _CREDITS,
        amount=Money(abs(money.minor), money.currency),
        bank_ref=plain(row.get("bank_reference"), 35).replace("NONREF", ""),
        reference=plain(fields["EREF"] or ("" if customer == "NONREF" else customer), 140),
        text=plain(" ".join([fields["text"], str(row.get("extra_details") or "")])),
        payer_name=plain(fields["NAME"], 140),
        payer_number=number_of(fields["IBAN"]),
        payer_bic=plain(fields["BIC"], 11),
        returns=returns,
        where=line,
    )


def _fields(details: str) -> dict[str, str]:
    """Return the parts of field 86: by ``?20`` as German and many other banks write it, else the text as it is."""
    found = {"text": details.replace("\n", " "), "EREF": "", "NAME": "", "IBAN": "", "BIC": ""}
    pieces = _SUBFIELD.split(details.replace("\n", ""))
    if len(pieces) > 2:
        found["text"] = ""
        for code, words in zip(pieces[1::2], pieces[2::2], strict=True):
            if "20" <= code <= "29" or "60" <= code <= "63":
                found["text"] += words
            elif code in {"30", "31", "32", "33"}:
                found[{"30": "BIC", "31": "IBAN"}.get(code, "NAME")] += words
    keys = _KEY.split(found["text"])
    for key, words in zip(keys[1::2], keys[2::2], strict=True):
        if key in {"EREF", "NAME", "IBAN", "BIC"} and not found[key]:
            found[key] = words.strip()
    return found
