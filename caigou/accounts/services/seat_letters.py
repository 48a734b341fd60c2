"""Mail to a company's people when the platform seats somebody beside them: who asked for nobody, finds out (0057)."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from caigou.accounts.block_links import block_link
from caigou.accounts.models import Seat, User
from caigou.accounts.services.letters import write_to_people
from caigou.jobs.calls import intend
from caigou.kernel.actor import Actor

#: Name of the call that writes, in the table of calls.
WRITE_CALL: Final = "accounts.seat_letter"


def tell_colleagues(seat: Seat, by: Actor) -> None:
    """Let those who sit at the company already be written to; inside the transaction of the change."""
    intend(WRITE_CALL, {"seat": seat.pk, "by": by.user_id})


def write_call(payload: dict[str, Any], key: str) -> None:
    """Call: write to each person of the company but the one who was seated, in their language."""
    seat = Seat.objects.select_related("user", "company").filter(pk=payload["seat"]).first()
    if seat is None:
        return
    giver = User.objects.filter(pk=payload["by"]).first()
    colleagues = Q(seats__company=seat.company_id) & ~Q(pk=seat.user_id)
    write_to_people(colleagues, lambda: _letter(seat, giver))


def _letter(seat: Seat, giver: User | None) -> tuple[str, str]:
    subject = _("The platform has given a seat at your company")
    facts = {
        _("Company"): str(seat.company),
        _("Person"): f"{seat.user} <{seat.user.email}>",
        _("By"): f"{giver or '–'}, {seat.since:%Y-%m-%d %H:%M} UTC",
    }
    lines = "\n".join(f"{name}: {value}" for name, value in facts.items())
    warning = _("If nobody at your company asked for this, block its payments at once and write to us: %(address)s") % {
        "address": block_link(seat.company.public_id)
    }
    return subject, f"{subject}.\n\n{lines}\n\n{warning}\n"
