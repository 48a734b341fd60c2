"""The person, the language, and the company that a new person opens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caigou.accounts.access import MEMBER, PERSON, PUBLIC, access
from caigou.accounts.countries import country_name
from caigou.accounts.current import CHOSEN, SeatedRequest
from caigou.accounts.models import Address, CompanyKind
from caigou.accounts.services.join import found_company
from caigou.accounts.services.profile import change_language, change_profile
from caigou.ui.onward import safe_next
from caigou.web.me.forms import CompanyForm, LanguageForm, ProfileForm

#: Where each role begins its day.
START = {"buyer": "web:home", "supplier": "web:desk", "staff": "console:home"}
_ONE_YEAR = 365 * 24 * 3600


@require_GET
@access(PERSON)
def start(request: HttpRequest) -> HttpResponse:
    """Send a person who has just signed in to where their role begins."""
    actor = getattr(request, "actor", None)
    return redirect(START[actor.role] if actor is not None else "web:company_new")


@require_POST
@access(PUBLIC)
def language(request: Any) -> HttpResponse:
    """Keep the chosen language in a cookie, and with the person when signed in; go back to the page."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    chosen = form.cleaned_data["language"]
    if request.actor is not None:
        change_language(request.user, chosen)
    return _speak(redirect(safe_next(request, "web:home")), chosen)


@require_POST
@access(MEMBER)
def seat(request: SeatedRequest) -> HttpResponse:
    """Sit down at another company of one's own."""
    seats = {seat.company.public_id: seat for seat in request.user.seats.select_related("company")}
    chosen = seats.get(request.POST.get("company", ""))
    if chosen is None:
        messages.error(request, _("You have no seat at that company. Nothing has changed."))
        return redirect("web:me")
    request.session[CHOSEN] = chosen.company.public_id
    return redirect("web:start")


def _speak(response: HttpResponse, chosen: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=_ONE_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@access(MEMBER)
def me(request: SeatedRequest) -> HttpResponse:
    """Show the person, the company and its addresses; take changes of name and language (A5)."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        change_profile(request.user, name=values["name"], language=values["language"])
        with override(values["language"]):
            messages.success(request, _("Saved."))
        return _speak(redirect("web:me"), values["language"])
    if form.errors:
        request.user.refresh_from_db(fields=["name", "language"])
    addresses = Address.objects.visible_to(request.actor).order_by("pk")
    context = {
        "form": form,
        "addresses": addresses,
        "email": request.user.email,
        "company": request.company,
        "other_companies": [
            one.company for one in request.user.seats.select_related("company") if one.company_id != request.company.pk
        ],
        "company_country": country_name(request.company.country),
    }
    return render(request, "web/me/me.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(PERSON)
def company_new(request: Any) -> HttpResponse:
    """Open a buyer's company for a person who has no seat yet."""
    if request.actor is not None:
        return redirect("web:start")
    form = CompanyForm(request.POST or None, initial={"name": request.user.name, "country": request.reader.destination})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        found_company(request.user, kind=CompanyKind.BUYER, name_en=values["name"], country=values["country"])
        messages.success(request, _("Your company is open. You can ask for offers now."))
        return redirect(safe_next(request, "web:start"))
    return render(request, "web/me/company_new.html", {"form": form}, status=422 if form.errors else 200)
