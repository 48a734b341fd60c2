"""Keep what an agent's fee or a freight was estimated at in the payer's own currency, and what it came to (B9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction

from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.payments.rates.current import estimate
from caigou.statements.models import ServiceEstimate
from caigou.ui.reader import currency_of
from caigou.wallets.models import ServicePayment


def currency_of_payer(payment: ServicePayment) -> str:
    """Return the currency in which the person who authorised the payment reads estimates, else that of its country."""
    granted = payment.authorisation.granted_by
    return (granted.currency if granted is not None else "") or currency_of(payment.company.country)


@transaction.atomic
def keep_service_estimate(payment_id: int) -> ServiceEstimate | None:
    """Keep the estimate of a payment that was asked for just now. Safe to repeat: the first one stays.

    What the payer was told counts, else what is asked for. None where nobody publishes a rate.
    """
    whole = ServicePayment.objects.select_related("company", "authorisation__granted_by")
    payment = whole.get(pk=payment_id)
    told, currency = payment.estimated, currency_of_payer(payment)
    found = _worth(told, currency)
    if found is None:
        return None
    value, rate, day = found
    kept, _new = ServiceEstimate.objects.get_or_create(
        payment=payment,
        defaults={
            "currency": currency,
            "told_minor": told.minor,
            "estimate_minor": value.minor,
            "estimate_rate": rate,
            "estimate_day": day,
            "estimated_at": now(),
        },
    )
    return kept


@transaction.atomic
def keep_service_actual(payment_id: int) -> None:
    """Keep what a paid service came to in the currency of its estimate, by the rate of now. Safe to repeat."""
    keep_service_estimate(payment_id)  # the two events may arrive the other way round
    locked = ServiceEstimate.objects.select_for_update(of=("self",)).select_related("payment__authorisation")
    kept = locked.filter(payment=payment_id, actual_minor=None).first()
    found = None if kept is None else _worth(kept.payment.amount, kept.currency)
    if kept is None or found is None:
        return
    kept.actual_minor, kept.actual_rate, kept.actual_day = found[0].minor, found[1], found[2]
    kept.save(update_fields=["actual_minor", "actual_rate", "actual_day"])


def _worth(amount: Money, currency: str) -> tuple[Money, Decimal, date] | None:
    """Return about what it is worth, by which rate and of which day; in its own currency just itself."""
    if amount.currency == currency:
        return amount, Decimal(1), now().date()
    found = estimate(amount, currency)
    return None if found is None else (found.value, round(found.figure, 10), found.rate.day)


def service_estimates(public_ids: Iterable[str]) -> dict[str, ServiceEstimate]:
    """Return the estimates of payments by the public id of each, for the lines of a statement."""
    rows = ServiceEstimate.objects.filter(payment__public_id__in=set(public_ids))
    return {row.payment.public_id: row for row in rows.select_related("payment__authorisation")}
