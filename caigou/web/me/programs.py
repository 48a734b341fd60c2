"""The keys and the endpoints of a company's programs (D5, D12)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caigou.accounts.access import TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.integrations.models import ApiKey, Dispatch, Endpoint
from caigou.integrations.scopes import SCOPES
from caigou.integrations.secrets import secrets_of
from caigou.integrations.services import endpoints
from caigou.integrations.services.keys import make_key, revoke_key
from caigou.kernel.errors import DomainError
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.shapes import Crumb
from caigou.web.me.program_forms import EndpointForm, EventsForm, KeyForm

#: Deliveries on an endpoint's page, the newest first.
_SHOWN = 50


def _crumbs(here: str) -> list[Crumb]:
    me = Crumb(_("Me"), reverse("web:me"))
    return [me, Crumb(_("Your programs"), reverse("web:programs")), Crumb(here)]


@require_safe
@access(TRADER)
def programs(request: SeatedRequest) -> HttpResponse:
    """Show the company's keys and endpoints."""
    keys = ApiKey.objects.visible_to(request.actor).select_related("made_by")
    context = {
        "keys": [(key, [SCOPES[scope] for scope in key.scopes if scope in SCOPES]) for key in keys],
        "endpoints": Endpoint.objects.visible_to(request.actor),
        "crumbs": [Crumb(_("Me"), reverse("web:me")), Crumb(_("Your programs"))],
    }
    return render(request, "web/me/programs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access(TRADER)
def key_new(request: SeatedRequest) -> HttpResponse:
    """Make a key and show it once: the page after the form is the only place where it stands."""
    form = KeyForm(request.POST or None, role=request.actor.role, request=request)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            key, secret = make_key(values["name"], values["scopes"], by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            return render(request, "web/me/key_made.html", {"key": key, "secret": secret})
    context = {"form": form, "crumbs": _crumbs(_("Make a key"))}
    return render(request, "web/me/key_new.html", context, status=422 if form.errors else 200)


@require_POST
@access(TRADER)
def key_revoke(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Let a key act no more."""
    key = get_object_or_404(ApiKey.objects.visible_to(request.actor), public_id=public_id)
    revoke_key(key.pk, by=request.actor)
    messages.success(request, _("The key is revoked. What it did stays."))
    return redirect("web:programs")


@require_http_methods(["GET", "HEAD", "POST"])
@access(TRADER)
def endpoint_new(request: SeatedRequest) -> HttpResponse:
    """Add an address that hears of events."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            endpoint = endpoints.add_endpoint(values["url"], values["events"], by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("The endpoint is on. Its secret stands below."))
            return redirect("web:endpoint", public_id=endpoint.public_id)
    context = {"form": form, "crumbs": _crumbs(_("Add an endpoint"))}
    return render(request, "web/me/endpoint_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access(TRADER)
def endpoint(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show an endpoint with its secret and what was sent to it; take changes of its events."""
    found = _found(request, public_id)
    form = EventsForm(request.POST or None, initial={"events": found.events})
    if request.method == "POST" and form.is_valid():
        try:
            endpoints.choose_events(found.pk, form.cleaned_data["events"], by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:endpoint", public_id=public_id)
    sent = Dispatch.objects.visible_to(request.actor).filter(endpoint=found).select_related("message")
    context = {
        "endpoint": found,
        "form": form,
        "secrets": secrets_of(found),
        "sent": sent[:_SHOWN],
        "crumbs": _crumbs(_("Endpoint")),
    }
    return render(request, "web/me/endpoint.html", context, status=422 if form.errors else 200)


def _found(request: SeatedRequest, public_id: str) -> Endpoint:
    return get_object_or_404(Endpoint.objects.visible_to(request.actor), public_id=public_id)


@require_POST
@access(TRADER)
def endpoint_rotate(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Make a new secret; the one before signs, too, for a day."""
    endpoints.rotate_secret(_found(request, public_id).pk, by=request.actor)
    messages.success(request, _("The new secret stands below. For a day the one before signs, too."))
    return redirect("web:endpoint", public_id=public_id)


@require_POST
@access(TRADER)
def endpoint_test(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Send a message that says nothing."""
    endpoints.send_test(_found(request, public_id).pk, by=request.actor)
    messages.success(request, _("A test is on its way. Reload the page to see what came of it."))
    return redirect("web:endpoint", public_id=public_id)


@require_POST
@access(TRADER)
def endpoint_remove(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Let an endpoint hear of nothing any more."""
    endpoints.remove_endpoint(_found(request, public_id).pk, by=request.actor)
    messages.success(request, _("The endpoint is removed. It hears of nothing any more."))
    return redirect("web:programs")


@require_POST
@access(TRADER)
def dispatch_replay(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Send a message again."""
    found = get_object_or_404(
        Dispatch.objects.visible_to(request.actor).select_related("endpoint"), public_id=public_id
    )
    try:
        endpoints.replay(found.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("The message is on its way again, with the same id."))
    return redirect("web:endpoint", public_id=found.endpoint.public_id)
