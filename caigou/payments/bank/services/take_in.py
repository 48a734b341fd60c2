"""Take a statement in: the whole file or nothing of it, and each line once, whichever files it comes in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from caigou.jobs.database import busy_named
from caigou.jobs.outbox import wake
from caigou.kernel.actor import Actor
from caigou.payments.bank.formats.read import read_file
from caigou.payments.bank.formats.reasons import refuse
from caigou.payments.bank.formats.said import Entry, Said, keyed, plain
from caigou.payments.bank.formats.tables import Meaning, Table, said_by
from caigou.payments.bank.models import BankAccount, BankLine, BankStatement, StatementColumns, VirtualAccount
from caigou.payments.bank.services.persons import staff_id


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file. With ``unnamed`` nothing was taken in: a person has to say what its columns mean."""

    statements: Sequence[BankStatement] = field(default_factory=tuple)
    unnamed: Table | None = None

    @property
    def lines_new(self) -> int:
        return sum(statement.lines_new for statement in self.statements)

    @property
    def lines_known(self) -> int:
        return sum(statement.lines_read - statement.lines_new for statement in self.statements)


@busy_named()
def take_in(account: BankAccount, data: bytes, name: str, *, by: Actor, meaning: Meaning | None = None) -> Taken:
    """Store what a file says about ``account``; the worker matches its lines afterwards. Safe to repeat.

    ``meaning`` says what a table's columns mean and is kept for the next file with the same header. Raises
    ``StatementRefused`` with each fault and how to mend it (nothing is stored), ``NotAllowed`` for non-staff,
    ``Busy`` when others take long with files of this account.
    """
    person = staff_id(by)
    read = read_file(data)
    if isinstance(read, Table):
        known = meaning or saved_meaning(account, read)
        if known is None:
            return Taken(unnamed=read)
        statements = [said_by(read, known, number=account.number, currency=account.currency)]
    else:
        statements = read
    for said in statements:
        _check_account(account, said)
    sha256 = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        # One file at a time for an account: two that overlap must see each other's lines.
        BankAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if isinstance(read, Table) and meaning is not None:
            _keep_meaning(account, read, meaning, person)
        taken = Taken([_store(account, said, name, sha256, person) for said in statements])
        wake("clocks")
    return taken


def saved_meaning(account: BankAccount, table: Table) -> Meaning | None:
    """Return what was said of the columns of an earlier file of this account with the same header."""
    kept = StatementColumns.objects.filter(account=account, header=list(table.header)).first()
    if kept is None:
        return None
    return Meaning(kept.columns["of"], kept.day_format, kept.columns["decimal"])


def _keep_meaning(account: BankAccount, table: Table, meaning: Meaning, person: int) -> None:
    StatementColumns.objects.create(
        account=account,
        header=list(table.header),
        columns={"of": dict(meaning.columns), "decimal": meaning.decimal},
        day_format=meaning.day_format,
        by_id=person,
    )


def _check_account(account: BankAccount, said: Said) -> None:
    """Refuse a statement of another account. Some banks write a shorter number than the IBAN that holds it."""
    found = said.account_number
    if found and found != account.number and not (len(found) >= 8 and account.number.endswith(found.lstrip("0"))):
        virtual = VirtualAccount.objects.filter(account=account, number=found).exists()
        if not virtual:
            raise refuse("other_account", found=found, wanted=account.number)
    odd = {*said.currencies, *(entry.amount.currency for entry in said.entries)} - {account.currency}
    if odd:
        raise refuse("other_currency", found=", ".join(sorted(odd)), wanted=account.currency)


def _store(account: BankAccount, said: Said, name: str, sha256: str, person: int) -> BankStatement:
    known = BankStatement.objects.filter(account=account, sha256=sha256, number=said.number).first()
    if known is not None:
        return _again(known)
    named = list(keyed(said.entries))
    told_before = BankLine.objects.filter(account=account, entry__in={key for key, _entry in named})
    stored = set(told_before.values_list("entry", flat=True))
    fresh = [(key, entry) for key, entry in named if key not in stored]
    days = [entry.day for entry in said.entries]
    statement = BankStatement.objects.create(
        account=account,
        kind=said.kind,
        name=plain(name, 255),
        sha256=sha256,
        number=said.number,
        opening_minor=None if said.opening is None else said.opening.minor,
        closing_minor=None if said.closing is None else said.closing.minor,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        lines_read=len(named),
        lines_new=len(fresh),
        lines_pending=said.pending,
        by_id=person,
    )
    BankLine.objects.bulk_create([_line(statement, key, entry) for key, entry in fresh], batch_size=1_000)
    return statement


def _again(known: BankStatement) -> BankStatement:
    """Return a statement that was taken in before: this time nothing of it is new."""
    known.lines_new = 0
    return known


def _line(statement: BankStatement, key: str, entry: Entry) -> BankLine:
    return BankLine(
        statement=statement,
        account_id=statement.account_id,
        entry=key,
        part=entry.part,
        day=entry.day,
        value_day=entry.value_day,
        is_credit=entry.is_credit,
        currency=entry.amount.currency,
        amount_minor=entry.amount.minor,
        reference=entry.reference,
        text=entry.text,
        payer_name=entry.payer_name,
        payer_number=entry.payer_number,
        payer_bic=entry.payer_bic,
        to_number=entry.to_number,
        returns=entry.returns,
    )
