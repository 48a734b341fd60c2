"""Statements are read as they were meant, or refused with a sentence that says how to mend it."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from caigou.kernel.money import Money
from caigou.payments.bank.formats.read import read_file
from caigou.payments.bank.formats.reasons import SENTENCES, Problem, StatementRefused
from caigou.payments.bank.formats.said import Said, keyed
from caigou.payments.bank.formats.tables import Meaning, Table, guessed, said_by
from caigou.payments.bank.references import candidates, grouped, with_check
from caigou.payments.bank.tests.written import IBAN, camt, entry, mt940

RF = "RF18539007547034"


def one(data: bytes) -> Said:
    read = read_file(data)
    assert isinstance(read, list)
    return read[0]


def table(data: bytes) -> Table:
    read = read_file(data)
    assert isinstance(read, Table)
    return read


def _read(data: bytes, meaning: Meaning | None) -> None:
    read = read_file(data)
    if isinstance(read, Table) and meaning is not None:
        said_by(read, meaning, number=IBAN, currency="CNY")


def why(data: bytes, meaning: Meaning | None = None) -> str:
    with pytest.raises(StatementRefused) as refused:
        _read(data, meaning)
    assert refused.value.problems[0].mend
    return refused.value.code


# --- References ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [RF, "rf18 5390 0754 7034", "Inv. 12 RF18-5390-0754-7034 thanks", f"/RFB/{RF}/x"])
def test_a_reference_is_found_in_what_a_payer_wrote(text: str) -> None:
    assert RF in list(candidates(text))


def test_one_wrong_sign_makes_no_reference() -> None:
    assert list(candidates("RF18539007547043")) == []
    assert with_check("539007547034") == RF
    assert grouped(RF) == "RF18 5390 0754 7034"


# --- camt ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_camt_of_any_version_says_who_paid_what(version: str) -> None:
    credit = entry("1500.50", ref="B1", rf=RF, name="Park Hotels", number="DE75512108001245126199", to=IBAN)
    fee = entry("20", ref="B2", credit=False, text="Fee")
    said = one(camt(credit, fee, opening="1000.00", closing="2480.50", version=version))

    first, second = said.entries
    assert (said.account_number, said.number, said.opening) == (IBAN, "S-1", Money(1000_00, "CNY"))
    assert (first.amount, first.is_credit, first.reference) == (Money(1500_50, "CNY"), True, RF)
    assert (first.payer_name, first.payer_number) == ("Park Hotels", "DE75512108001245126199")
    assert (second.signed, second.day) == (Money(-20_00, "CNY"), date(2026, 11, 20))


def test_only_what_is_booked_counts() -> None:
    assert one(camt(entry("10.00"), opening="0.00", closing="10.00")).opening == Money.zero("CNY"), (
        "nothing is a balance"
    )
    said = one(camt(entry("10.00", ref="B1", status="PDNG"), opening="5.00", closing="5.00"))
    assert (len(said.entries), said.pending) == (0, 1)


def test_a_batch_becomes_its_payments_and_stays_whole_where_they_do_not_add_up() -> None:
    def batch(*amounts: str) -> bytes:
        pieces = "".join(
            f'<TxDtls><Amt Ccy="CNY">{each}</Amt><RmtInf><Ustrd>p{each}</Ustrd></RmtInf></TxDtls>' for each in amounts
        )
        head, _sep, _tail = entry("30.00", ref="B9").partition("<NtryDtls>")
        return camt(f"{head}<NtryDtls>{pieces}</NtryDtls></Ntry>")

    assert [str(each.amount) for each in one(batch("10.00", "20.00")).entries] == ["10.00 CNY", "20.00 CNY"]
    assert [str(each.amount) for each in one(batch("10.00", "19.00")).entries] == ["30.00 CNY"]
    names = {name for name, _entry in keyed(one(batch("10.00", "20.00")).entries)}
    assert names == {name for name, _entry in keyed(one(camt(entry("30.00", ref="B9"))).entries)}


def test_the_same_entry_has_one_name_in_the_advice_and_in_the_statement() -> None:
    advice, statement = (list(keyed(one(camt(entry("7.00", ref="X"), kind=kind)).entries)) for kind in ("054", "053"))
    assert advice[0][0] == statement[0][0]


def test_two_equal_entries_without_a_reference_are_two() -> None:
    names = [name for name, _entry in keyed(one(camt(entry("7.00"), entry("7.00"))).entries)]
    assert len({*names}) == 2


# --- MT940 --------------------------------------------------------------------------------------------------------

CREDIT = [
    f":61:2611211121CR1500,50NTRF{RF}//BANKREF1",
    ":86:166?00CREDIT?20inv 12 RF18 5390 0754?21 7034?30COBADEFF?31DE75512108001245126199?32PARK HOTELS",
]
DEBIT = [":61:2611211121D20,00NCHGNONREF//BANKREF2", ":86:FEE"]


def test_mt940_says_the_same_and_keeps_number_and_name_apart() -> None:
    said = one(mt940([*CREDIT, *DEBIT], opening="C261120CNY1000,00", closing="C261121CNY2480,50"))
    first, second = said.entries
    assert (said.account_number, said.number) == (IBAN, "00021/001 2026-11-21")
    assert (first.amount, first.payer_name, first.payer_number) == (
        Money(1500_50, "CNY"),
        "PARK HOTELS",
        "DE75512108001245126199",
    )
    assert (RF in list(candidates(first.text)), first.bank_ref) == (True, "BANKREF1")
    assert second.signed == Money(-20_00, "CNY")


def test_a_reversed_credit_takes_money_out() -> None:
    said = one(mt940([":61:261121RC5,00NTRFX//B3"], opening="C261120CNY9,00", closing="C261121CNY4,00"))
    assert (said.entries[0].signed, said.entries[0].returns) == (Money(-5_00, "CNY"), "reversal")


# --- Tables -------------------------------------------------------------------------------------------------------

CHINESE = (
    "账户明细,,,,,\n户名:菜购,,,,,\n交易日期,收入金额,支出金额,余额,对方户名,附言\n"
    '2026-11-20,"1,500.50",,"2,500.50",帕克酒店,RF18 5390 0754 7034\n2026-11-21,,20.00,"2,480.50",银行,手续费\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_a_chinese_bank_is_guessed_and_read(encoding: str) -> None:
    found = table(CHINESE.encode(encoding))
    meaning = guessed(found)
    said = said_by(found, meaning, number=IBAN, currency="CNY")

    assert meaning.day_format == "%Y-%m-%d"
    assert [str(each.signed) for each in said.entries] == ["1500.50 CNY", "-20.00 CNY"]
    assert (str(said.opening), str(said.closing)) == ("1000.00 CNY", "2480.50 CNY")
    assert said.entries[0].payer_name == "帕克酒店"


def test_newest_first_is_read_as_well() -> None:
    head, rows = CHINESE.rpartition("附言\n")[0] + "附言\n", CHINESE.rpartition("附言\n")[2].splitlines()
    found = table((head + "\n".join(reversed(rows))).encode())
    assert str(said_by(found, guessed(found), number=IBAN, currency="CNY").closing) == "2480.50 CNY"


def test_a_workbook_with_dates_is_read() -> None:
    book, file = Workbook(), io.BytesIO()
    for row in (["Date", "Amount", "Balance", "Description"], [date(2026, 11, 20), 12.5, 12.5, "Hotel"]):
        book.active.append(row)
    book.save(file)
    found = table(file.getvalue())
    [only] = said_by(found, guessed(found), number=IBAN, currency="CNY").entries
    assert (only.day, only.signed) == (date(2026, 11, 20), Money(12_50, "CNY"))


# --- Refusals -----------------------------------------------------------------------------------------------------

_NAMED = {"day": "Date", "amount": "Amount", "balance": "Balance"}


def _rows(*rows: str) -> bytes:
    return "\n".join(["Date,Amount,Balance,Text", *rows]).encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"  ", "empty_file"),
        (b"<!DOCTYPE x [<!ENTITY a 'a'>]><Document>&a;</Document>", "bad_xml"),
        (camt()[:-9], "bad_xml"),
        (b"<html></html>", "no_entries"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "bad_xml"),
        (camt(entry("1.00"), opening="1.00", closing="3.00"), "does_not_add_up"),
        (camt(entry("1e3")), "bad_amount"),
        (camt(entry("0.001")), "bad_amount"),
        (camt(entry("-5.00")), "bad_amount"),
        (camt(entry("9223372036854775808")), "bad_amount"),
        (camt(entry("1.00", currency="XXX")), "bad_amount"),
        (camt(entry("1.00", day="2026-02-30")), "bad_day"),
        (camt(entry("1.00", currency="EUR"), opening="1.00", closing="2.00"), "other_currency"),
        (mt940([":61:rubbish"], opening="C261120CNY1,00", closing="C261121CNY1,00"), "bad_mt940"),
        (mt940([f":61:{'9' * 600}"], opening="C261120CNY1,00", closing="C261121CNY1,00"), "bad_mt940"),
        (mt940(CREDIT, opening="C261120CNY1,00", closing="C261121CNY1,00"), "does_not_add_up"),
        (b":20:\n:25:\x00\n:61:\n", "bad_mt940"),
        (b"\xff\xfeD\x00a\x00t\x00e\x00", "utf16"),
        (b"\x80\x80\xff,\xff\n", "bad_text"),
        (b"a\0b,c,d\n", "bad_text"),
        (b"only,two\n1,2\n", "no_header"),
        (b"PK\x03\x04 no workbook", "bad_workbook"),
    ],
)  # fmt: skip
def test_what_is_no_statement_is_refused_by_name(data: bytes, code: str) -> None:
    assert why(data) == code


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["2026-11-20,1.00,1.00", "2026-11-21,1.00,3.00"], "balance_breaks"),
        (["20.11.2026,1.00,1.00"], "bad_day"),
        (["2026-11-20,1.234.50,1"], "bad_amount"),
        (['2026-11-20,"1,00",1'], "bad_amount"),
        (["2026-11-20,NaN,1"], "bad_amount"),
        (["2026-11-20,１,1"], "bad_amount"),
        (["2026-11-20,1.005,1"], "bad_amount"),
        (["2026-11-20,0,1"], "no_amount"),
        (["2026-11-20,,1"], "bad_amount"),
    ],
)
def test_a_line_at_fault_is_named(rows: list[str], code: str) -> None:
    assert why(_rows(*rows), Meaning(_NAMED, "%Y-%m-%d")) == code


def test_every_reason_has_a_sentence_and_a_mend() -> None:
    names = ("megabytes", "found", "wanted", "made", "closing", "said", "value", "most")
    params: dict[str, Any] = dict.fromkeys(names, 7)
    for code in SENTENCES:
        problem = Problem(code, 3, params)
        assert problem.reason
        assert problem.mend


def test_files_cut_anywhere_never_break_the_reader() -> None:
    whole = [
        camt(entry("1.00", ref="B1", rf=RF), opening="0.00", closing="1.00"),
        mt940([*CREDIT, *DEBIT], opening="C261120CNY1000,00", closing="C261121CNY2480,50"),
        CHINESE.encode("gb18030"),
    ]
    for data in whole:
        for end in range(0, len(data), 23):
            for bad in (data[:end], data[:end] + b"\xff\x00<" + data[end:]):
                with suppress(StatementRefused):
                    read_file(bad)
