"""Mail to a company when an account was entered, confirmed or removed where it is paid: the first to notice a fraud."""

from __future__ import annotations

from typing import Any, Final, Literal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.accounts.block_links import block_link
from caigou.accounts.services.letters import letter_of, write_to_company
from caigou.jobs.calls import intend
from caigou.payments.payouts.models import PayoutAccount

#: Name of the call that writes, in the table of calls.
WRITE_CALL: Final = "payouts.account_letter"
What = Literal["entered", "confirmed", "removed"]


def tell_company(account: PayoutAccount, what: What) -> None:
    """Let the company's people be written to; inside the transaction of the change."""
    intend(WRITE_CALL, {"account": account.pk, "what": what})


def write_call(payload: dict[str, Any], key: str) -> None:
    """Call: write to each person of the account's company, in their language."""
    account = PayoutAccount.objects.select_related("company", "entered_by").get(pk=payload["account"])
    write_to_company(account.company_id, lambda: _letter(account, payload["what"]))


def _letter(account: PayoutAccount, what: What) -> tuple[str, str]:
    subject = {
        "entered": _("A payout account was entered"),
        "confirmed": _("A payout account was confirmed"),
        "removed": _("A payout account was removed"),
    }[what]
    facts = {
        _("Company"): str(account.company),
        _("Bank"): account.bank_name,
        _("Account holder"): account.holder,
        _("IBAN or account number"): f"…{account.number[-4:]} {account.currency}",
        _("By"): f"{account.entered_by}, {account.entered_at:%Y-%m-%d %H:%M} UTC",
        _("Payouts to it begin"): f"{account.usable_from:%Y-%m-%d %H:%M} UTC",
    }
    warning = _("If nobody at your company did this, remove the account at once and write to us: %(address)s") % {
        "address": settings.CAIGOU_BASE_URL + reverse("web:payouts")
    }
    block = _("Block all payments of your company at once, without signing in: %(address)s") % {
        "address": block_link(account.company.public_id)
    }
    return letter_of(subject, facts, warning, block)
