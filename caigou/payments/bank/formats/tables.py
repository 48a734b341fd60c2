"""Tables of banks, CSV in UTF-8 or GB18030 and XLSX: rows under a header, and what a person said the columns mean."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money, parse_money
from caigou.payments.bank.formats.reasons import Problem, StatementRefused, refuse
from caigou.payments.bank.formats.said import Entry, Said, number_of, plain

MOST_LINES: Final = 100_000
MOST_COLUMNS: Final = 100
_ROWS_BEFORE_HEADER: Final = 30
_LEAST_NAMES: Final = 3
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")

#: What a column can mean, in the order in which the form asks; words that banks write over such a column.
FIELDS: Final[Mapping[str, tuple[Any, str]]] = {
    "day": (_("Day"), "date bookingdate transactiondate 交易日期 记账日期 入账日期 日期 交易时间"),
    "credit": (_("Money in"), "credit creditamount moneyin 贷方金额 贷方发生额 收入 收入金额 贷方"),
    "debit": (_("Money out"), "debit debitamount moneyout 借方金额 借方发生额 支出 支出金额 借方"),
    "amount": (_("Amount, negative for money out"), "amount betrag 交易金额 金额 发生额"),
    "balance": (_("Balance after it"), "balance runningbalance 余额 账户余额 联机余额"),
    "bank_ref": (_("The bank's reference"), "transactionid bankreference 流水号 交易流水号 凭证号"),
    "reference": (_("The payer's reference"), "reference endtoendid customerreference 客户参考号"),
    "text": (_("What the payer wrote"), "description details narrative purpose 摘要 附言 用途 备注"),
    "payer_name": (_("Name of the other side"), "name payer counterparty 对方户名 对方名称 对方账户名"),
    "payer_number": (_("Account of the other side"), "iban payeraccount counterpartyaccount 对方账号 对方帐号"),
    "currency": (_("Currency"), "currency ccy 币种 货币"),
}

DAY_FORMATS: Final = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S", "%Y%m%d %H:%M:%S",
)  # fmt: skip
_GROUPED: Final = re.compile(r"[+-]?\d{1,16}|[+-]?\d{1,3}(,\d{3})+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the columns mean: ``columns`` from a field to the name of a column; how days and cents are written."""

    columns: Mapping[str, str]
    day_format: str
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows under it, each with its line in the file. A cell that can't be trusted is a mapping."""

    kind: str
    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[Any]]]


def read_csv(data: bytes) -> Table:
    """Return the table of a CSV file; raises ``StatementRefused``."""
    text = decoded(data)
    if "\0" in text:
        raise refuse("bad_text")
    head = "\n".join(text.splitlines()[: _ROWS_BEFORE_HEADER + 1])
    separator = max(",;\t|", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return _table("csv", ((rows.line_num, cells) for cells in rows))
    except csv.Error:
        raise refuse("bad_text") from None


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8 or GB18030; raises ``StatementRefused``."""
    if data.startswith(_UTF16) or data[:200].count(0) * 3 > len(data[:200]):
        raise refuse("utf16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse("bad_text")


def read_xlsx(path: Path) -> Table:
    """Return the table of a workbook, read by the confined child; raises ``StatementRefused``."""
    from caigou.files.sheets.workbooks import SheetRefused, read_sheet

    try:
        sheet = read_sheet(path)
    except SheetRefused as refused:
        raise refuse("empty_file" if str(refused) == "empty_file" else "bad_workbook") from None
    return _table("xlsx", ((number, [_cell(cell) for cell in cells]) for number, cells in sheet.lines()))


def _cell(cell: Any) -> Any:
    """Return a date as its text: a statement's days are dates. What else can't be trusted stays marked."""
    if isinstance(cell, dict):
        return cell["v"] if cell["c"] == "date_cell" else cell
    return cell or ""


def _table(kind: str, lines: Iterator[tuple[int, Sequence[Any]]]) -> Table:
    """Find the header: the first row near the top that names columns and has no figures."""
    header: list[str] = []
    rows: list[tuple[int, Sequence[Any]]] = []
    for place, (number, cells) in enumerate(lines):
        if not header:
            header = _names(cells)
            if not header and place >= _ROWS_BEFORE_HEADER:
                break
        elif any(_shown(cell) for cell in cells):
            rows.append((number, cells[:MOST_COLUMNS]))
            if len(rows) > MOST_LINES:
                raise refuse("too_many", most=MOST_LINES)
    if not header:
        raise refuse("no_header")
    return Table(kind, header, rows)


def _names(cells: Sequence[Any]) -> list[str]:
    names = [plain(_shown(cell), 80) for cell in cells[:MOST_COLUMNS]]
    while names and not names[-1]:
        names.pop()
    told = [name for name in names if name]
    if len(told) < _LEAST_NAMES or len({*told}) < len(told) or any(re.search(r"\d{3}", name) for name in told):
        return []
    return names


def _shown(cell: Any) -> str:
    return str(cell.get("v", "")) if isinstance(cell, dict) else str(cell).strip()


def guessed(table: Table) -> Meaning:
    """Return what the header and the first days suggest, for a person to say yes to."""
    columns: dict[str, str] = {}
    for name, (_label, words) in FIELDS.items():
        for column in table.header:
            plainly = re.sub(r"[\W_]+|[(（].*$", "", column.lower())
            if plainly in words.split() and column not in columns.values():
                columns[name] = column
                break
    if "credit" in columns and "debit" in columns:
        columns.pop("amount", None)
    at = table.header.index(columns["day"]) if "day" in columns else -1
    days = [_shown(cells[at]) for _line, cells in table.rows[:50] if 0 <= at < len(cells)]
    fitting = [form for form in DAY_FORMATS if days and all(_is_day(day, form) for day in days)]
    return Meaning(columns, fitting[0] if len(fitting) == 1 else "")


def _is_day(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  a day has no zone
    except ValueError:
        return False
    return True


def said_by(table: Table, meaning: Meaning, *, number: str, currency: str) -> Said:
    """Return what the table says of account ``number``; raises ``StatementRefused`` with every line at fault."""
    places = {name: table.header.index(column) for name, column in meaning.columns.items() if column in table.header}
    entries: list[Entry] = []
    balances: list[tuple[Entry, Money]] = []
    problems: list[Problem] = []
    for line, cells in table.rows:
        try:
            row = _Row(line, {name: cells[at] if at < len(cells) else "" for name, at in places.items()})
            entry = row.entry(meaning, currency)
            entries.append(entry)
            if row.has("balance"):
                balances.append((entry, row.money("balance", meaning, currency)))
        except StatementRefused as refused:
            problems += refused.problems
    if problems:
        raise StatementRefused(problems)
    opening, closing = _checked(balances) if len(balances) == len(entries) else (None, None)
    return Said(table.kind, number, entries, opening=opening, closing=closing)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, Any]

    def has(self, name: str) -> bool:
        return bool(_shown(self.cells.get(name, "")))

    def text(self, name: str, most: int = 140) -> str:
        cell = self.cells.get(name, "")
        if isinstance(cell, dict):
            raise refuse("doubtful_cell", self.line, value=cell.get("v", ""))
        return plain(str(cell), most)

    def money(self, name: str, meaning: Meaning, currency: str) -> Money:
        text = self.text(name)
        bare = re.sub(r"[\s'\u00a0\u202f¥￥$€£]", "", text)
        group = "," if meaning.decimal == "." else "."
        whole, point, cents = bare.partition(meaning.decimal)
        if not _GROUPED.fullmatch(whole.replace(group, ",")) or (point and not cents):
            raise refuse("bad_amount", self.line, value=text)
        cents = cents.rstrip("0")
        figure = whole.replace(group, "").lstrip("+") + (f".{cents}" if cents else "")
        try:
            return parse_money(figure, currency)
        except BadInput:
            raise refuse("bad_amount", self.line, value=text) from None

    def entry(self, meaning: Meaning, currency: str) -> Entry:
        own = self.text("currency")
        if own and own.upper() not in {currency, "RMB" if currency == "CNY" else currency, "人民币"}:
            raise refuse("other_currency", self.line, found=own, wanted=currency)
        day, signed = self._day(meaning), self._signed(meaning, currency)
        return Entry(
            day=day,
            value_day=day,
            is_credit=signed.minor > 0,
            amount=Money(abs(signed.minor), currency),
            bank_ref=self.text("bank_ref", 60),
            reference=self.text("reference"),
            text=self.text("text", 1_000),
            payer_name=self.text("payer_name"),
            payer_number=number_of(self.text("payer_number")),
            where=self.line,
        )

    def _day(self, meaning: Meaning) -> date:
        text = self.text("day")
        for form in (meaning.day_format, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"):
            if _is_day(text, form):
                return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        raise refuse("bad_day", self.line, value=text)

    def _signed(self, meaning: Meaning, currency: str) -> Money:
        zero = Money.zero(currency)
        if "amount" in meaning.columns:
            signed = self.money("amount", meaning, currency)
        else:
            paid_in = self.money("credit", meaning, currency) if self.has("credit") else zero
            paid_out = self.money("debit", meaning, currency) if self.has("debit") else zero
            if paid_in and paid_out:
                raise refuse("no_amount", self.line)
            # Some banks write money out with a minus, some without.
            signed = paid_in or Money(-abs(paid_out.minor), currency)
        if not signed:
            raise refuse("no_amount", self.line)
        return signed


def _checked(balances: Sequence[tuple[Entry, Money]]) -> tuple[Money | None, Money | None]:
    """Return opening and closing balance; raises ``StatementRefused`` where a balance isn't what the lines make.

    Some banks write the newest line first: the order is the one in which the balances fit, oldest first if neither.
    """
    if not balances:
        return None, None
    wrong = [_first_break(rows) for rows in (balances, balances[::-1])]
    rows = balances if wrong[0] is None or wrong[1] is not None else balances[::-1]
    if None not in wrong and wrong[0] is not None:
        entry, made, said = wrong[0]
        raise refuse("balance_breaks", entry.where, made=made, said=said)
    return rows[0][1] - rows[0][0].signed, rows[-1][1]


def _first_break(rows: Sequence[tuple[Entry, Money]]) -> tuple[Entry, Money, Money] | None:
    for (_before, balance), (entry, said) in pairwise(rows):
        if balance + entry.signed != said:
            return entry, balance + entry.signed, said
    return None
