"""From what a recharge was paid, as its gateway reports it: linked by itself, its name compared (A11).

A name that differs can't be used for a recharge before a review: the money that came from it stands in suspense, where
nobody can spend it, until staff let it in or send it back to where it came from.
"""

from __future__ import annotations

from django.db import transaction

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.states import check_move
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.ports import PaidFrom
from caigou.payments.refunds.services.unlet import send_unlet_back
from caigou.payments.services.credit import let_in
from caigou.wallets.models import INSTRUMENT_MOVES, Instrument, InstrumentStatus, RechargeFrom
from caigou.wallets.names import LONGEST, compare
from caigou.wallets.services.instruments import compact_number, fingerprint_of, review_instrument


def may_be_credited(recharge: Recharge, paid_from: PaidFrom) -> bool:
    """Keep what the gateway reports, and say whether money from there may be credited; under the recharge's lock.

    An instrument that the company linked itself is found again by its token; a new one is linked as it is reported.
    """
    found = _linked(recharge.company, paid_from)
    RechargeFrom.objects.update_or_create(recharge=recharge, defaults={"instrument": found, "reported": True})
    return found.status == InstrumentStatus.USABLE


def _linked(company: Company, paid_from: PaidFrom) -> Instrument:
    # Two recharges from one new card at once link it once.
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    fingerprint = fingerprint_of(paid_from.kind, compact_number(paid_from.token))
    holder = " ".join(paid_from.holder.split())[:LONGEST]
    found = compare(holder, company.name_en, company.name_zh)
    same = Instrument.objects.select_for_update(of=("self",)).filter(company=company, fingerprint=fingerprint)
    linked = same.exclude(status=InstrumentStatus.REMOVED).first()
    if linked is not None:
        return linked if linked.reported else _compared_again(linked, holder, paid_from)
    return Instrument.objects.create(
        company=company,
        kind=paid_from.kind,
        holder=holder,
        institution=paid_from.brand[:120],
        country=paid_from.country[:2],
        tail=paid_from.tail[-4:],
        fingerprint=fingerprint,
        match=found.match,
        step=found.step,
        status=InstrumentStatus.REVIEW if found.match == "mismatch" else InstrumentStatus.USABLE,
        reported=True,
    )


def _compared_again(linked: Instrument, holder: str, paid_from: PaidFrom) -> Instrument:
    """The gateway's word counts more than what somebody typed: a name that differs after all waits for a review."""
    found = compare(holder, linked.company.name_en, linked.company.name_zh)
    linked.holder, linked.tail, linked.reported = holder, paid_from.tail[-4:], True
    linked.match, linked.step = found.match, found.step
    if found.match == "mismatch" and linked.status == InstrumentStatus.USABLE and linked.reviewed_at is None:
        check_move(INSTRUMENT_MOVES, linked.status, InstrumentStatus.REVIEW)
        linked.status = InstrumentStatus.REVIEW
    linked.save(update_fields=["holder", "tail", "reported", "match", "step", "status"])
    return linked


@transaction.atomic
def decide_apart(recharge: Recharge, *, accept: bool, reason: str, by: Actor) -> None:
    """Decide on money that stands apart: with its instrument, if that waits for its review, or by itself.

    An instrument that is accepted lets in all that came from it, one that is refused sends all of it back. Raises
    ``NotAllowed`` for non-staff, ``BadInput`` without a reason or when somebody has decided.
    """
    instrument = RechargeFrom.objects.select_related("instrument").get(recharge=recharge).instrument
    if instrument.status == InstrumentStatus.REVIEW:
        review_reported(instrument, accept=accept, reason=reason, by=by)
    else:
        _settle(recharge.pk, accept=accept, reason=reason, by=by)


@transaction.atomic
def review_reported(instrument: Instrument, *, accept: bool, reason: str, by: Actor) -> Instrument:
    """Decide about an instrument whose name differs, and about the money that came from it meanwhile."""
    apart = Recharge.objects.filter(paid_from__instrument=instrument, status=RechargeStatus.REVIEW)
    # Recharges before instruments, as where a gateway's answer is written down.
    waiting = list(apart.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    reviewed = review_instrument(instrument.pk, accept=accept, reason=reason, by=by)
    for recharge in waiting:
        _settle(recharge, accept=accept, reason=reviewed.review_reason, by=by)
    return reviewed


def _settle(recharge: int, *, accept: bool, reason: str, by: Actor) -> None:
    if accept:
        let_in(recharge, by=by)
    else:
        send_unlet_back(recharge, reason=reason, by=by)
