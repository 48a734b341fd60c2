"""What only a demonstration shows: signing in as a made-up person, the e-mails that were kept, the page of parts.

Outside demo mode these addresses answer 404, whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from caigou import demo
from caigou.accounts.access import PUBLIC, STAFF, access
from caigou.accounts.fresh import note_seen
from caigou.accounts.models import User
from caigou.notices.models import KeptMail
from caigou.ui.context import initials
from caigou.ui.parts import parts_context

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_MAILS = 20
#: Suppliers that the card of people shows at once.
FIRST = 5


#: What each role is called on the card of people.
ROLES = {"buyer": _("Buyer"), "supplier": _("Supplier"), "staff": _("Staff")}


def demo_people() -> Sequence[demo.Person]:
    """Return the people whom a visitor may be, nobody outside demo mode."""
    return demo.people() if settings.CAIGOU_DEMO else ()


def people_rows() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the card that lets a visitor sign in as somebody: a few ``first``, ``more`` on request."""
    people = demo_people()
    suppliers = [person for person in people if person.role == "supplier"]
    others = [person for person in people if person.role != "supplier"]
    return {"first": [_row(p) for p in (*others, *suppliers[:FIRST])], "more": [_row(p) for p in suppliers[FIRST:]]}


def _row(person: demo.Person) -> dict[str, Any]:
    return {"person": person, "role": ROLES[person.role], "initials": initials(person.name)}


def _demo_only() -> None:
    if not settings.CAIGOU_DEMO:
        raise Http404


@require_POST
@access(PUBLIC)
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as a person of the demo world, in that person's language, without a password."""
    _demo_only()
    person = next((person for person in demo_people() if person.key == request.POST.get("key")), None)
    user = User.objects.filter(email=person.email, is_active=True).first() if person else None
    if user is None:
        raise Http404
    login(request, user, backend=_BACKEND)
    note_seen(request)
    response = redirect("web:start")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
    return response


@require_safe
@access(PUBLIC)
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """Show the e-mails that a demonstration keeps instead of sending, newest first: codes to sign in are here."""
    _demo_only()
    page = Paginator(KeptMail.objects.order_by("-pk"), _MAILS).get_page(request.GET.get("page"))
    return render(request, "web/market/outbox.html", {"page": page})


@require_safe
@access(PUBLIC if settings.CAIGOU_DEMO else STAFF)
def parts(request: HttpRequest) -> HttpResponse:
    """Show every component with its states."""
    context: dict[str, Any] = parts_context()
    return render(request, "ui/parts.html", context)
