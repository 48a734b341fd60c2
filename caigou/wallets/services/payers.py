"""Which companies have linked the account that a bank transfer came from: what the matching of transfers asks (A11)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from caigou.payments.bank.models.statements import Rung
from caigou.wallets.models import Instrument, InstrumentKind, InstrumentStatus
from caigou.wallets.names import compare
from caigou.wallets.services.instruments import fingerprint_of


def linked_payers(companies: Collection[int], number: str, name: str) -> Iterator[tuple[int, Rung]]:
    """Yield each of ``companies`` that linked a usable bank account with this number, or held under just this name.

    Whoever knows somebody's account number can link it: a number that several companies linked, or whose payer the
    bank calls by quite another name than the holder's, says nothing.
    """
    wanted = fingerprint_of(InstrumentKind.BANK, re.sub(r"[\s.\-]", "", number).upper()) if number else ""
    linked = Instrument.objects.filter(kind=InstrumentKind.BANK, fingerprint=wanted).exclude(
        status=InstrumentStatus.REMOVED
    )
    is_ones = linked.values("company").distinct().count() == 1
    usable = Instrument.objects.filter(company__in=companies, kind=InstrumentKind.BANK, status=InstrumentStatus.USABLE)
    for company_id, fingerprint, holder in usable.values_list("company_id", "fingerprint", "holder"):
        match = compare(name, holder).match if name else ""
        if fingerprint == wanted and is_ones and match != "mismatch":
            yield company_id, Rung.INSTRUMENT
        if match == "match":
            yield company_id, Rung.AMOUNT_NAME
