"""A standing word that the wallet pays agents and logistics, up to limits; and paying under it (A14)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind
from caigou.jobs.outbox import publish
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, DomainError, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import PLATFORM, AccountId, HoldId, capture, open_account
from caigou.payments.models import PaymentRequest, RequestStatus
from caigou.payments.services.ask import ask_for_money, settle
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.wallets.events import ServiceAsked, ServicePaid
from caigou.wallets.models import Authorisation, ServiceKind, ServicePayment

#: The purpose under which payments know a service's request for money; the source is the payment's public id.
PURPOSE = "service"
_PAYABLE = {ServiceKind.AGENT: "agent_payable", ServiceKind.LOGISTICS: "logistics_payable"}


class NotAuthorised(DomainError):
    """The payer hasn't authorised this payment, or not so much."""

    code = "not_authorised"


@transaction.atomic
def authorise(company: Company, *, service: str, each: Money, month: Money, by: Actor) -> Authorisation:
    """Authorise payments to providers of ``service``; the one in force for its currency is replaced.

    Raises ``BadInput`` for limits that make no sense, ``NotAllowed`` for another company.
    """
    _require_own(company, by)
    if service not in ServiceKind.values or each.currency not in WALLET_CURRENCIES.value:
        raise BadInput(_("Choose one of the services and a currency of your wallets."))
    if each.minor <= 0 or month < each:
        words = _("Write limits above zero; a month's must be at least that of one payment.")
        raise BadInput(words, fields={"month": words})
    _revoke(company, service, each.currency, by)
    return Authorisation.objects.create(
        company=company,
        service=service,
        currency=each.currency,
        each_minor=each.minor,
        month_minor=month.minor,
        granted_by_id=by.user_id,
    )


@transaction.atomic
def revoke(authorisation: Authorisation, *, by: Actor) -> None:
    """Take the word back: nothing new is paid under it. What waits or was paid stays. Safe to repeat."""
    _require_own(authorisation.company, by)
    _revoke(authorisation.company, authorisation.service, authorisation.currency, by)


def _revoke(company: Company, service: str, currency: str, by: Actor) -> None:
    in_force = Authorisation.objects.filter(company=company, service=service, currency=currency, revoked_at=None)
    in_force.update(revoked_at=now(), revoked_by=by.user_id)


def _require_own(company: Company, by: Actor) -> None:
    if by.role != "buyer" or by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))


@transaction.atomic
def pay_provider(
    payer: Company,
    payee: Company,
    amount: Money,
    *,
    service: ServiceKind,
    cause: str,
    by: Actor,
    estimated: Money | None = None,
    words: str = "",
    order_number: str = "",
) -> ServicePayment:
    """Pay a provider from the payer's wallet, whole or not at all; ``cause`` names what is paid for, for ever.

    ``estimated`` is what the payer was told before that it would cost; both stand on the statement (B9). ``words`` and
    ``order_number`` say to the payer what it is for.

    While the wallet is short nothing is posted: the payment waits, and is made once when money arrives. Safe to
    repeat. Raises ``NotAuthorised`` without a word in force, or beyond its limits.
    """
    made = ServicePayment.objects.filter(cause=cause).first()
    if made is not None:
        return made
    # Locked: two payments at once must not both fit into what is left of the month.
    found = (
        Authorisation.objects.select_for_update(of=("self",))
        .filter(company=payer, service=service, currency=amount.currency, revoked_at=None)
        .first()
    )
    if found is None:
        raise NotAuthorised(_("The buyer has not authorised payments to such providers from the wallet."))
    if amount > found.each or amount > left_this_month(found):
        raise NotAuthorised(_("This payment is beyond the limits that the buyer has authorised."))
    payment, new = ServicePayment.objects.get_or_create(
        cause=cause,
        defaults={
            "company": payer,
            "authorisation": found,
            "payee": payee,
            "amount_minor": amount.minor,
            "estimated_minor": None if estimated is None else _same(estimated, amount).minor,
            "words": words,
            "order_number": order_number,
            "asked_by_id": by.user_id,
        },
    )
    if new:
        publish(ServiceAsked(payment_id=payment.pk))
        request = ask_for_money(
            payer, amount, towards=_payable(payment), purpose=PURPOSE, source=payment.public_id, by=by
        )
        if request.status == RequestStatus.HELD:
            _capture(payment, request, by)
    return payment


def _same(estimated: Money, amount: Money) -> Money:
    """Return the estimate; raises ``BadInput`` for one in another currency than is paid, or of nothing."""
    if estimated.currency != amount.currency or estimated.minor <= 0:
        raise BadInput(_("Write an amount above zero."))
    return estimated


def left_this_month(found: Authorisation) -> Money:
    """Return what may still be asked for this month: what waits counts like what was paid, what was withdrawn doesn't.

    Counted is what was asked for under all of the payer's words of this kind, also those that were replaced.
    """
    moment = now()
    began = datetime(moment.year, moment.month, 1, tzinfo=UTC)
    same = ServicePayment.objects.filter(
        company=found.company_id,
        authorisation__service=found.service,
        authorisation__currency=found.currency,
        asked_at__gte=began,
        withdrawn_at=None,
    )
    asked = Money(same.aggregate(sum=Sum("amount_minor"))["sum"] or 0, found.currency)
    return max(found.month - asked, Money.zero(found.currency))


def _payable(payment: ServicePayment) -> AccountId:
    """Return the account that earns it: the provider's own, or the platform's fees when the platform provides it."""
    if payment.payee.kind == CompanyKind.OPERATOR:
        return open_account("fee_revenue", PLATFORM, payment.authorisation.currency)
    kind = _PAYABLE[ServiceKind(payment.authorisation.service)]
    return open_account(kind, payment.payee.public_id, payment.authorisation.currency)


@transaction.atomic
def pay_held(public_id: str) -> None:
    """Pay what was set aside for a waiting payment; safe to repeat."""
    found = ServicePayment.objects.select_for_update(of=("self",)).select_related("authorisation")
    payment = found.filter(public_id=public_id, paid_at=None).first()
    if payment is None:
        return
    request = PaymentRequest.objects.get(purpose=PURPOSE, source=public_id)
    if request.status == RequestStatus.HELD:
        _capture(payment, request, SYSTEM)


def _capture(payment: ServicePayment, request: PaymentRequest, by: Actor) -> None:
    capture(HoldId(request.hold_id or 0), purpose="service.paid", source=payment.public_id, by=by)
    settle(request.pk)
    payment.paid_at = now()
    payment.save(update_fields=["paid_at"])
    publish(ServicePaid(payment_id=payment.pk))
