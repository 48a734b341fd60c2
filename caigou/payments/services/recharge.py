"""Recharge a wallet through a gateway: start, hear, ask, credit once (A13).

The gateway's word is never taken from the browser, and not from the webhook's body either: a webhook only says
"ask me about this one". An answer that doesn't come leaves the recharge ``unknown`` until asking succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.jobs.calls import intend, intend_now
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.kernel.registry import Registry
from caigou.kernel.states import check_move
from caigou.payments.models import RECHARGE_MOVES, InboxMessage, Recharge, RechargeStatus
from caigou.payments.ports import About, Charge, Gateway, Incoming
from caigou.payments.services.credit import PAYER_RULES, clearing_of, credit, keep_apart
from caigou.payments.settings import WALLET_CURRENCIES

#: Rules of upper apps that may refuse a recharge before it starts, by raising a ``DomainError``.
RECHARGE_RULES: Registry[Callable[[Company, Money], None]] = Registry("may this recharge start?")
_OPEN = (RechargeStatus.STARTED, RechargeStatus.UNKNOWN)
#: Name of the call that asks the gateway, in the table of calls.
ASK = "payments.ask_gateway"
#: Name of the call that sends a refund or asks about it.
REFUND = "payments.refund"
_CALLS: Mapping[About, str] = {"charge": ASK, "refund": REFUND}
#: A single recharge beyond this is a typing error; larger sums come by bank transfer.
MOST_MINOR = 10**10


class StillPending(Exception):
    """The gateway answered that it doesn't know yet: the call is made again later."""


@cache
def gateways() -> Mapping[str, Gateway]:
    table: Mapping[str, Gateway] = import_string(settings.CAIGOU_GATEWAYS)
    return table


@transaction.atomic
def start_recharge(company: Company, amount: Money, *, gateway: str, by: Actor, next_page: str = "") -> Recharge:
    """Note that ``company`` wants to pay ``amount`` in through ``gateway``; no money moves.

    Raises ``BadInput`` for an amount that is not positive, too large or in a currency that isn't offered,
    ``NotAllowed`` for another company's wallet, and what a rule of ``RECHARGE_RULES`` raises.
    """
    if by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))
    if amount.currency not in WALLET_CURRENCIES.value:
        raise BadInput(_("This currency can't be recharged here."), fields={"currency": amount.currency})
    if not 0 < amount.minor <= MOST_MINOR:
        most = Money(MOST_MINOR, amount.currency)
        raise BadInput(
            _("Recharge more than zero and at most %(most)s at once.") % {"most": most}, fields={"amount": str(amount)}
        )
    if gateway not in gateways():
        raise BadInput(_("This way to pay is not offered here."), fields={"gateway": gateway})
    for rule in RECHARGE_RULES:
        rule(company, amount)
    return Recharge.objects.create(
        company=company,
        by_id=by.user_id,
        gateway=gateway,
        currency=amount.currency,
        amount_minor=amount.minor,
        next_page=next_page,
    )


@transaction.atomic
def receive_webhook(gateway: str, incoming: Incoming, body: bytes) -> bool:
    """Store a verified webhook and intend to ask the gateway; False when this event is known already."""
    _row, new = InboxMessage.objects.get_or_create(
        gateway=gateway,
        event_id=incoming.event_id,
        defaults={"reference": incoming.reference, "body": body},
    )
    if new:
        intend(_CALLS[incoming.about], {"reference": incoming.reference})
    return new


@transaction.atomic
def ask_later(recharge: Recharge) -> None:
    """Intend to ask the gateway about a recharge whose payer came back, in case the webhook is lost."""
    if recharge.status in _OPEN:
        intend_now(ASK, {"reference": recharge.public_id})


def ask_gateway(payload: dict[str, Any], key: str) -> None:
    """Ask the gateway what became of a recharge, outside any transaction, and act on the answer.

    Raises ``StillPending`` when it can't say yet, so that the call is repeated; ``OSError`` when it doesn't
    answer, after marking the recharge ``unknown``.
    """
    recharge = Recharge.objects.filter(public_id=payload["reference"]).first()
    if recharge is None or recharge.status not in _OPEN:
        return
    try:
        charge = gateways()[recharge.gateway].ask(recharge.public_id)
    except OSError:
        mark_unknown(recharge.pk)
        raise
    if charge.status in {"pending", "unknown"}:
        raise StillPending(f"{recharge.gateway} says {charge.status} for {recharge.public_id}")
    record(recharge.pk, charge)


@transaction.atomic
def mark_unknown(recharge_id: int) -> None:
    """Say on the page that we are asking; safe to repeat."""
    Recharge.objects.filter(pk=recharge_id, status=RechargeStatus.STARTED).update(status=RechargeStatus.UNKNOWN)


@transaction.atomic
def record(recharge_id: int, charge: Charge) -> Recharge:
    """Write down the gateway's final answer: credit the wallet once and meet what waits, or mark as failed.

    Money paid under another name than the company's stands apart until staff have looked (``PAYER_RULES``).

    Safe to repeat: the ledger knows the purpose and source, and a final status is left alone. Raises
    ``BadInput`` when the gateway speaks of another amount than the one that was asked for.
    """
    recharge = Recharge.objects.select_for_update(of=("self",)).select_related("company").get(pk=recharge_id)
    if recharge.status not in _OPEN:
        return recharge
    if charge.amount != recharge.amount:
        raise BadInput(f"{recharge.gateway} reports {charge.amount} for {recharge.public_id}, not {recharge.amount}")
    after = _after(recharge, charge)
    check_move(RECHARGE_MOVES, recharge.status, after)
    recharge.status, recharge.provider_ref, recharge.ended_at = after, charge.provider_ref, now()
    recharge.save(update_fields=["status", "provider_ref", "ended_at"])
    if after == RechargeStatus.PAID:
        credit(recharge, clearing_of(recharge))
    elif after == RechargeStatus.REVIEW:
        keep_apart(recharge)
    return recharge


def _after(recharge: Recharge, charge: Charge) -> RechargeStatus:
    if charge.status != "paid":
        return RechargeStatus.FAILED
    if charge.paid_from is None:
        return RechargeStatus.PAID
    may = [rule(recharge, charge.paid_from) for rule in PAYER_RULES]
    return RechargeStatus.PAID if all(may) else RechargeStatus.REVIEW
