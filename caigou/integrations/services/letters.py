"""Mail to a company when one of its keys was made or revoked."""

from __future__ import annotations

from typing import Any, Final, Literal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.accounts.block_links import block_link
from caigou.accounts.services.letters import letter_of, write_to_company
from caigou.integrations.models import ApiKey
from caigou.integrations.scopes import SCOPES
from caigou.jobs.calls import intend

#: Name of the call that writes, in the table of calls.
WRITE_CALL: Final = "integrations.key_letter"
What = Literal["made", "revoked"]


def tell_company(key: ApiKey, what: What) -> None:
    """Let the company's people be written to; inside the transaction of the change."""
    intend(WRITE_CALL, {"key": key.pk, "what": what})


def write_call(payload: dict[str, Any], key: str) -> None:
    """Call: write to each person of the key's company, in their language."""
    found = ApiKey.objects.select_related("company", "made_by", "revoked_by").get(pk=payload["key"])
    write_to_company(found.company_id, lambda: _letter(found, payload["what"]))


def _letter(key: ApiKey, what: What) -> tuple[str, str]:
    made = what == "made"
    subject = _("A key of your company was made") if made else _("A key of your company was revoked")
    person, moment = (key.made_by, key.made_at) if made else (key.revoked_by, key.revoked_at)
    facts = {
        _("Company"): str(key.company),
        _("Name"): f"{key.name} ({key.prefix})",
        _("What the key may do"): "; ".join(str(SCOPES[scope]) for scope in key.scopes if scope in SCOPES),
        _("By"): f"{person}, {moment:%Y-%m-%d %H:%M} UTC",
    }
    warning = _("If nobody at your company did this, look at your keys at once and write to us: %(address)s") % {
        "address": settings.CAIGOU_BASE_URL + reverse("web:programs")
    }
    block = _("Block all payments of your company at once, without signing in: %(address)s") % {
        "address": block_link(key.company.public_id)
    }
    return letter_of(subject, facts, warning, block)
