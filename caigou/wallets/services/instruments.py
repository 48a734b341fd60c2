"""Link an instrument, have it reviewed, remove it, recharge from it (A11)."""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.countries import is_country
from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.payments.bank.services.persons import staff_id
from caigou.payments.models import Recharge
from caigou.payments.services.recharge import start_recharge
from caigou.wallets.models import INSTRUMENT_MOVES, Instrument, InstrumentKind, InstrumentStatus, RechargeFrom
from caigou.wallets.names import LONGEST, compare

_NUMBER = re.compile(r"[A-Z0-9]{6,40}", re.ASCII)
#: A card's own number may never reach us: what looks like one is refused, its gateway's token is welcome.
_CARD_NUMBER = re.compile(r"\d{13,19}", re.ASCII)


@transaction.atomic
def link_instrument(
    company: Company, *, kind: str, holder: str, institution: str, country: str, number: str, by: Actor
) -> Instrument:
    """Link a bank account, a card's token or an e-wallet; the same one again is the one that stands.

    A name that matches, or is close, can be used at once; a mismatch waits for staff. Raises ``BadInput`` for a number
    of impossible shape or a card's full number, ``NotAllowed`` for another company.
    """
    if by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))
    holder, institution = " ".join(holder.split())[:LONGEST], " ".join(institution.split())[:120]
    number = compact_number(number)
    _check(kind, holder, institution, country, number)
    fingerprint = fingerprint_of(kind, number)
    linked = Instrument.objects.filter(company=company, fingerprint=fingerprint)
    standing = linked.exclude(status=InstrumentStatus.REMOVED).first()
    if standing is not None:
        return standing
    found = compare(holder, company.name_en, company.name_zh)
    return Instrument.objects.create(
        company=company,
        kind=kind,
        holder=holder,
        institution=institution,
        country=country,
        tail=number[-4:],
        fingerprint=fingerprint,
        match=found.match,
        step=found.step,
        status=InstrumentStatus.REVIEW if found.match == "mismatch" else InstrumentStatus.USABLE,
        added_by_id=by.user_id,
    )


def _check(kind: str, holder: str, institution: str, country: str, number: str) -> None:
    if kind not in InstrumentKind.values:
        raise _bad("kind", _("Choose one of the kinds."))
    if not holder:
        raise _bad("holder", _("Write the name as the bank has it."))
    if not institution:
        raise _bad("institution", _("Write the name of the bank or of the service."))
    if not is_country(country):
        raise _bad("country", _("Choose a country of the list."))
    if not _NUMBER.fullmatch(number):
        raise _bad("number", _("Write 6 to 40 letters and digits."))
    if kind == InstrumentKind.CARD and _CARD_NUMBER.fullmatch(number):
        raise _bad("number", _("Never write a card's number here. Write the token that your gateway shows for it."))


def _bad(field: str, words: str) -> BadInput:
    return BadInput(words, fields={field: words})


def compact_number(number: str) -> str:
    """Return a number or token as it is compared: without blanks and signs, in capitals."""
    return re.sub(r"[\s.\-_]", "", number).upper()


def fingerprint_of(kind: str, number: str) -> str:
    """Return a keyed hash: it finds the same number again and can't be tried out without the key."""
    key = f"wallets.instrument:{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def review_instrument(instrument_id: int, *, accept: bool, reason: str, by: Actor) -> Instrument:
    """Let finance decide about an instrument whose name differs. Raises ``NotAllowed`` for others, ``BadInput``
    without a reason, ``IllegalMove`` for one that can't be decided any more."""
    staff_id(by)
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        raise _bad("reason", _("Say why, in 3 to 300 characters."))
    found = Instrument.objects.select_for_update(of=("self",)).get(pk=instrument_id)
    after = InstrumentStatus.USABLE if accept else InstrumentStatus.REFUSED
    check_move(INSTRUMENT_MOVES, found.status, after)
    found.status, found.reviewed_by_id, found.reviewed_at, found.review_reason = after, by.user_id, now(), reason
    found.save(update_fields=["status", "reviewed_by", "reviewed_at", "review_reason"])
    return found


@transaction.atomic
def remove_instrument(instrument: Instrument, *, by: Actor) -> None:
    """Unlink an instrument of one's own. Safe to repeat."""
    found = Instrument.objects.visible_to(by).select_for_update(of=("self",)).get(pk=instrument.pk)
    if by.company_id != found.company_id:
        raise NotAllowed(_("This wallet belongs to another company."))
    if found.status == InstrumentStatus.REMOVED:
        return
    check_move(INSTRUMENT_MOVES, found.status, InstrumentStatus.REMOVED)
    found.status = InstrumentStatus.REMOVED
    found.save(update_fields=["status"])


@transaction.atomic
def recharge_from(
    company: Company, amount: Money, *, gateway: str, instrument: str, by: Actor, next_page: str = ""
) -> Recharge:
    """Start a recharge that is to be paid from a linked instrument, or from none that is named (empty).

    Raises ``BadInput`` unless the instrument can be used now, and what ``start_recharge`` raises.
    """
    found = require_usable(company, instrument) if instrument else None
    started = start_recharge(company, amount, gateway=gateway, by=by, next_page=next_page)
    if found is not None:
        RechargeFrom.objects.create(recharge=started, instrument=found)
    return started


def require_usable(company: Company, public_id: str) -> Instrument:
    """Return the company's instrument, for a recharge from it; raises ``BadInput`` unless it can be used now."""
    found = Instrument.objects.filter(company=company, public_id=public_id).first()
    if found is None or found.status != InstrumentStatus.USABLE:
        raise _bad(
            "instrument", _("This account or card can't be used: it is not linked, or our staff still reviews it.")
        )
    return found
