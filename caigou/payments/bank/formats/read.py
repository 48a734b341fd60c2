"""Say what a file is by what it holds, never by its name alone, and read it."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

from caigou.kernel.money import Money
from caigou.payments.bank.formats.camt import read_camt
from caigou.payments.bank.formats.mt940 import read_mt940
from caigou.payments.bank.formats.reasons import refuse
from caigou.payments.bank.formats.said import Said
from caigou.payments.bank.formats.tables import Table, decoded, read_csv, read_xlsx

#: A month of a busy account is some megabytes.
MOST_BYTES = 20 << 20


def read_file(data: bytes) -> list[Said] | Table:
    """Return the statements of a file, or its table when a person has to say what the columns mean.

    Raises ``StatementRefused``, whatever the bytes are.
    """
    if not data.strip():
        raise refuse("empty_file")
    if len(data) > MOST_BYTES:
        raise refuse("too_large", megabytes=MOST_BYTES >> 20)
    head = data[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(data)
    if head.startswith((b"<", b"\xff\xfe<")):
        return _added_up(read_camt(data))
    if head.startswith((b":20:", b"{1:")) or b"\n:61:" in data[:65_536] or b"\n:60F:" in data[:65_536]:
        return _added_up(read_mt940(decoded(data)))
    return read_csv(data)


def _workbook(data: bytes) -> Table:
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        return read_xlsx(Path(file.name))


def _added_up(statements: list[Said]) -> list[Said]:
    """Refuse a statement whose opening balance and entries don't make its closing balance."""
    for said in statements:
        if said.opening is None or said.closing is None:
            continue
        currencies = {said.opening.currency, said.closing.currency, *(entry.amount.currency for entry in said.entries)}
        if len(currencies) > 1:
            raise refuse("other_currency", found=", ".join(sorted(currencies)), wanted=said.opening.currency)
        made = said.opening + sum((entry.signed for entry in said.entries), Money.zero(said.opening.currency))
        if made != said.closing:
            raise refuse("does_not_add_up", made=made, closing=said.closing)
    return statements
