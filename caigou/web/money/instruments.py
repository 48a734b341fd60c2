"""Accounts and cards that a company links, the source of its funds, and what it has authorised (A11, A14)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import BUYER, access
from caigou.accounts.countries import country_choices
from caigou.accounts.current import SeatedRequest
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import Money, parse_money
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.ui.lists import page_of
from caigou.ui.onward import asked_next, safe_next
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb
from caigou.ui.states import State, Tone
from caigou.wallets.models import Authorisation, FundsSource, Instrument, InstrumentKind, ServiceKind, ServicePayment
from caigou.wallets.services.authorise import authorise, revoke
from caigou.wallets.services.funds import declare_funds, limit, standing
from caigou.wallets.services.instruments import link_instrument, remove_instrument

_LONGEST_NEXT = 200


class InstrumentForm(forms.Form):
    """One account or card."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=InstrumentKind.choices)
    holder = forms.CharField(label=gettext_lazy("Name of the holder"), max_length=200)
    institution = forms.CharField(label=gettext_lazy("Bank or service"), max_length=120)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=country_choices)
    number = forms.CharField(
        label=gettext_lazy("Account number or token"),
        max_length=60,
        help_text=gettext_lazy("Only the last four signs are kept. Of a card its gateway's token, never its number."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FundsForm(forms.Form):
    """Where the money comes from."""

    source = forms.ChoiceField(
        label=gettext_lazy("Where does the money come from?"), choices=FundsSource.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(label=gettext_lazy("In your own words"), max_length=500, required=False)
    sure = forms.BooleanField(label=gettext_lazy("This is true, and I may declare it for the company."))


class AuthorisationForm(forms.Form):
    """What the wallet may pay, and how much."""

    service = forms.ChoiceField(label=gettext_lazy("Pays"), choices=ServiceKind.choices)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=lambda: [(c, c) for c in WALLET_CURRENCIES.value]
    )
    each = forms.CharField(
        label=gettext_lazy("At most a payment"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    month = forms.CharField(
        label=gettext_lazy("At most a month"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for name in ("each", "month"):
            if name in typed and "currency" in typed:
                try:
                    typed[name] = parse_money(typed[name], typed["currency"])
                except BadInput as error:
                    self.add_error(name, str(error))
        return typed

    def limits(self) -> tuple[Money, Money]:
        """Return the two limits; only after ``is_valid()``."""
        return self.cleaned_data["each"], self.cleaned_data["month"]


def _crumbs(here: str) -> list[Crumb]:
    return [Crumb(_("Money"), reverse("web:money")), Crumb(here)]


def state_of_instrument(found: Instrument) -> State:
    """Return how an instrument stands."""
    drawn: dict[str, tuple[Tone, str]] = {
        "usable": ("ok", "tick"),
        "review": ("held", "clock"),
        "refused": ("bad", "warning"),
        "removed": ("none", "cross"),
    }
    return State(*drawn[found.status], found.get_status_display())


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def instruments(request: SeatedRequest) -> HttpResponse:
    """Show the linked accounts and cards, each with the result of its name, and link one more (A11)."""
    form = InstrumentForm(request.POST or None, initial={"country": request.company.country})
    if request.method == "POST" and form.is_valid():
        try:
            linked = link_instrument(request.company, **form.cleaned_data, by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            if linked.status == "usable":
                messages.success(request, _("Linked. You can recharge from it."))
            else:
                messages.info(request, _("The name differs from your company's. Our staff looks at it before its use."))
            return redirect("web:instruments")
    found = Instrument.objects.visible_to(request.actor).exclude(status="removed")
    context = {
        "form": form,
        "rows": [(one, state_of_instrument(one)) for one in found],
        "crumbs": _crumbs(_("Accounts and cards")),
    }
    return render(request, "web/money/instruments.html", context, status=422 if form.errors else 200)


@require_POST
@access(BUYER)
def instrument_remove(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Unlink an account or card."""
    found = get_object_or_404(Instrument.objects.visible_to(request.actor), public_id=public_id)
    remove_instrument(found, by=request.actor)
    messages.success(request, _("Removed."))
    return redirect("web:instruments")


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def funds(request: SeatedRequest) -> HttpResponse:
    """Take a declaration of the source of funds, and show those that were made (A11, D12)."""
    form = FundsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            declare_funds(request.company, source=values["source"], words=values["words"], by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Declared. Thank you."))
            return redirect(safe_next(request, "web:funds"))
    context = {
        "form": form,
        "next": asked_next(request, _LONGEST_NEXT),
        "limit": limit(),
        "standing": standing(request.company),
        "made": request.company.funds_declarations.select_related("by"),
        "crumbs": _crumbs(_("Source of funds")),
    }
    return render(request, "web/money/funds.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def authorisations(request: SeatedRequest) -> HttpResponse:
    """Show what the wallet may pay by itself, and take a new word (A14)."""
    form = AuthorisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        each, month = form.limits()
        try:
            authorise(request.company, service=form.cleaned_data["service"], each=each, month=month, by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Authorised. You can take it back at any time."))
            return redirect("web:authorisations")
    context = {
        "form": form,
        "rows": Authorisation.objects.visible_to(request.actor).select_related("granted_by")[:50],
        "page": page_of(
            request,
            ServicePayment.objects.visible_to(request.actor).select_related("payee", "authorisation", "estimate"),
        ),
        "crumbs": _crumbs(_("Authorisations")),
    }
    return render(request, "web/money/authorisations.html", context, status=422 if form.errors else 200)


@require_POST
@access(BUYER)
def authorisation_revoke(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take a word back."""
    found = get_object_or_404(Authorisation.objects.visible_to(request.actor), public_id=public_id)
    revoke(found, by=request.actor)
    messages.success(request, _("Taken back. Nothing new is paid under it."))
    return redirect("web:authorisations")
