"""Mail to the platform's people of finance when a right was given or taken: who didn't expect it, finds out."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.accounts.models import CompanyKind, RightChange, Seat
from caigou.accounts.services.letters import letter_of, write_to_people
from caigou.jobs.calls import intend

#: Name of the call that writes, in the table of calls.
WRITE_CALL: Final = "accounts.right_letter"


def tell_finance(change: RightChange) -> None:
    """Let finance be written to; inside the transaction of the change."""
    intend(WRITE_CALL, {"change": change.pk})


def write_call(payload: dict[str, Any], key: str) -> None:
    """Call: write to all with a right at the platform, and to the person whom it is about, in their languages."""
    change = RightChange.objects.select_related("user", "by").get(pk=payload["change"])
    people = Q(seats__in=Seat.objects.filter(Q(owner=True) | Q(finance=True), company__kind=CompanyKind.OPERATOR))
    write_to_people(people | Q(pk=change.user_id), lambda: _letter(change))


def _letter(change: RightChange) -> tuple[str, str]:
    subject = _("A right at the platform was given") if change.given else _("A right at the platform was taken")
    facts = {
        _("Person"): f"{change.user} <{change.user.email}>",
        _("Right"): change.get_right_display(),
        _("Reason"): change.reason,
        _("By"): f"{change.by}, {change.at:%Y-%m-%d %H:%M} UTC",
    }
    where = settings.CAIGOU_BASE_URL + reverse("console:person", args=[change.user.public_id])
    warning = _("If you don't know why, ask before money moves: %(address)s") % {"address": where}
    return letter_of(subject, facts, warning)
