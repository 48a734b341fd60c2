"""Mail to a buyer whose wallet was charged with a service under its authorisation: who didn't expect it, finds out."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.accounts.block_links import block_link
from caigou.accounts.services.letters import letter_of, write_to_company
from caigou.jobs.calls import intend
from caigou.wallets.models import ServicePayment

#: Name of the call that writes, in the table of calls.
WRITE_CALL: Final = "wallets.service_letter"


def tell_payer(payment: ServicePayment) -> None:
    """Let the payer's people be written to; inside the transaction of the charge."""
    intend(WRITE_CALL, {"payment": payment.pk})


def write_call(payload: dict[str, Any], key: str) -> None:
    """Call: write to each person of the paying company, in their language."""
    payment = ServicePayment.objects.select_related("company", "authorisation").get(pk=payload["payment"])
    write_to_company(payment.company_id, lambda: _letter(payment))


def _letter(payment: ServicePayment) -> tuple[str, str]:
    subject = _("A service was charged under your authorisation")
    facts = {
        _("Service"): payment.authorisation.get_service_display(),
        _("What it is for"): payment.words,
        _("Order number"): payment.order_number,
        _("Estimate, not an offer"): str(payment.estimated),
        _("Actual"): str(payment.amount),
        _("State"): _("Waits for the wallet") if payment.paid_at is None else _("Paid"),
    }
    where = settings.CAIGOU_BASE_URL + reverse("web:authorisations")
    more = _("See it, or take the authorisation back: %(address)s") % {"address": where}
    block = _("Block all payments of your company at once, without signing in: %(address)s") % {
        "address": block_link(payment.company.public_id)
    }
    return letter_of(subject, facts, more, block)
