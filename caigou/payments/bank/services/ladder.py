"""The ladder: by what a credit is known. Each rung is surer than the next; the last is suspense, never a guess.

RF reference → virtual account → amount with the number or name of a payer we know → suspense. A rung that finds
somebody but something is odd (another currency, a cancelled transfer, several candidates) ends in suspense by name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from caigou.accounts.models import Company
from caigou.kernel.registry import Registry
from caigou.payments.bank.models import BankLine, CorporateTransfer, TransferStatus, Verdict, VirtualAccount
from caigou.payments.bank.models.statements import Rung
from caigou.payments.bank.references import candidates, compact
from caigou.payments.settings import WALLET_CURRENCIES

#: Asked with some companies and a payer's number and name: which of them linked an account that may be used and has
#: this number (``instrument``) or is held under this name (``amount_name``) (A11).
LINKED_PAYERS: Registry[Callable[[Collection[int], str, str], Iterable[tuple[int, Rung]]]] = Registry(
    "Which of these companies has linked the account of this payer?"
)

_FIRMS = re.compile(
    r"\b(co|company|ltd|limited|llc|inc|corp|corporation|gmbh|ag|sa|sarl|bv|pty|plc|pte|srl|spa|kg|ohg)\b|有限责任公司|有限公司|股份"
)
_LOWEST = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a credit is and how we know; without a company it goes to suspense, and ``verdict`` says why."""

    verdict: Verdict
    rung: Rung = Rung.NONE
    company: Company | None = None
    transfer: CorporateTransfer | None = None


def climb(line: BankLine) -> Found:
    """Return whose a credit line is."""
    if line.currency not in WALLET_CURRENCIES.value:
        return Found(Verdict.WRONG_CURRENCY)
    said = [*candidates(line.reference), *candidates(line.text)]
    by_reference = _by_reference(line, said)
    if by_reference is not None:
        return by_reference
    by_virtual = _by_virtual(line)
    if by_virtual is not None:
        return by_virtual
    by_payer = _by_payer(line)
    if by_payer is not None:
        return by_payer
    return Found(Verdict.WRONG_REFERENCE if said else Verdict.NO_MATCH)


def _by_reference(line: BankLine, said: list[str]) -> Found | None:
    references = {*said, compact(line.reference)}
    found = list(CorporateTransfer.objects.filter(reference__in=references).select_related("company")[:3])
    if not found:
        return None
    if len(found) > 1:
        return Found(Verdict.SEVERAL)
    [transfer] = found
    if transfer.currency != line.currency:
        return Found(Verdict.WRONG_CURRENCY)
    if transfer.status == TransferStatus.CANCELLED:
        return Found(Verdict.CANCELLED)
    return Found(compared(transfer, line), Rung.REFERENCE, transfer.company, transfer)


def _by_virtual(line: BankLine) -> Found | None:
    """By the number that the money arrived on; an announced transfer of just this sum is met by it."""
    if not line.to_number or line.to_number == line.account.number:
        return None
    numbered = VirtualAccount.objects.filter(number=line.to_number, account=line.account)
    virtual = numbered.select_related("company").first()
    if virtual is None:
        return None
    transfer = _waiting(line).filter(company=virtual.company).first()
    return Found(Verdict.EXACT if transfer else Verdict.NONE, Rung.VIRTUAL, virtual.company, transfer)


def _by_payer(line: BankLine) -> Found | None:
    """By an announced transfer of just this sum whose company the payer is, by linked number or by name."""
    waiting = list(_waiting(line).select_related("company")[:100])
    companies = {transfer.company_id: transfer.company for transfer in waiting}
    known = {*_named_like(line, companies.values())}
    for answer in LINKED_PAYERS:
        known |= {*answer(companies.keys(), line.payer_number, line.payer_name)}
    for rung in (Rung.INSTRUMENT, Rung.AMOUNT_NAME):
        fitting = [transfer for transfer in waiting if (transfer.company_id, rung) in known]
        if len({transfer.company_id for transfer in fitting}) > 1:
            return Found(Verdict.SEVERAL)
        if fitting:
            return Found(Verdict.EXACT, rung, fitting[0].company, fitting[0])
    return None


def _named_like(line: BankLine, companies: Iterable[Company]) -> Iterator[tuple[int, Rung]]:
    """Yield whose name the payer's is; a name that two companies of the house have says nothing, whoever waits.

    Anybody may call their company like a customer whose money they would like to have.
    """
    name = plain_name(line.payer_name)
    if len(name) < _LOWEST:
        return
    named = [company.pk for company in companies if name in _names_of(company)]
    if named and not _others_named(name, line.payer_name, named):
        for pk in named:
            yield pk, Rung.AMOUNT_NAME


def _names_of(company: Company) -> set[str]:
    return {plain_name(company.name_en), plain_name(company.name_zh)}


def _others_named(name: str, payer_name: str, known: Collection[int]) -> bool:
    """Say whether the house has another company of this name, found by how it begins."""
    begins = payer_name.strip()[:2]
    alike = Company.objects.filter(Q(name_en__istartswith=begins) | Q(name_zh__istartswith=begins))
    others = alike.exclude(pk__in=known).only("name_en", "name_zh")
    return any(name in _names_of(company) for company in others.iterator(1_000))


def _waiting(line: BankLine) -> QuerySet[CorporateTransfer]:
    """Return announced transfers of just this sum that wait, the oldest first."""
    return CorporateTransfer.objects.filter(
        status=TransferStatus.WAITING, currency=line.currency, amount_minor=line.amount_minor
    ).order_by("started_at", "pk")


def compared(transfer: CorporateTransfer, line: BankLine) -> Verdict:
    """Return how all that arrived under the transfer, this line included, compares with what was announced."""
    total = transfer.arrived_minor + line.amount_minor
    if total == transfer.amount_minor:
        return Verdict.EXACT
    return Verdict.SHORT if total < transfer.amount_minor else Verdict.OVER


def plain_name(name: str) -> str:
    """Return a name as names are compared: no case, accents, signs or forms of firms.

    >>> plain_name("PARK HOTELS PTY. LTD."), plain_name("Park-Hôtels Pty Ltd")
    ('parkhotels', 'parkhotels')
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    return re.sub(r"\W+", "", _FIRMS.sub(" ", re.sub(r"[^\w\s]+", " ", bare)))
