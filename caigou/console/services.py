"""Services that the house charges to a buyer: its agent's fee, a freight that it bought (A14, B9)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.bank import tried
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money, parse_money
from caigou.orders.models import Order
from caigou.ui.lists import asked, holding, one_of, page_of, posted, tabs
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb
from caigou.wallets.models import Authorisation, ServicePayment
from caigou.wallets.services.authorise import left_this_month
from caigou.wallets.services.charge import charge_service, withdraw_charge

_FIGURE = {"inputmode": "decimal", "autocomplete": "off"}
_STATES = {
    "waiting": Q(paid_at=None, withdrawn_at=None),
    "paid": Q(paid_at__isnull=False),
    "withdrawn": Q(withdrawn_at__isnull=False),
}


class ChargeForm(forms.Form):
    """One charge under a buyer's authorisation; ``once`` tells a form that is sent twice from a second charge."""

    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=30, widget=forms.TextInput(attrs=_FIGURE))
    told = forms.CharField(
        label=gettext_lazy("Estimate that the buyer was told"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Stands beside the amount on the buyer's statement. Empty: the amount itself."),
        widget=forms.TextInput(attrs=_FIGURE),
    )
    words = forms.CharField(
        label=gettext_lazy("What it is for"),
        min_length=3,
        max_length=200,
        help_text=gettext_lazy("The buyer reads it as you write it."),
    )
    order = forms.CharField(
        label=gettext_lazy("Order number"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("One of this buyer's, such as C-1A2B3C4D. Empty, if it is for none."),
    )
    once = forms.SlugField(max_length=26, initial=new_public_id, widget=forms.HiddenInput)

    def __init__(self, authorisation: Authorisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authorisation = authorisation
        for name in ("amount", "told"):
            self.fields[name].label = f"{self.fields[name].label} ({authorisation.currency})"

    def clean_amount(self) -> Money:
        return self._money("amount")

    def clean_told(self) -> Money | None:
        return self._money("told") if self.cleaned_data["told"] else None

    def clean_order(self) -> str:
        """Return the number of the one order of this buyer's that is meant."""
        if not self.cleaned_data["order"]:
            return ""
        found = Order.objects.filter(buyer=self.authorisation.company).called(self.cleaned_data["order"])
        if found is None:
            raise forms.ValidationError(_("This buyer has no such order. Copy its number from the order's page."))
        return found.number

    def _money(self, name: str) -> Money:
        try:
            amount = parse_money(self.cleaned_data[name], self.authorisation.currency)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error
        if amount.minor <= 0:
            raise forms.ValidationError(_("Write an amount above zero."))
        return amount


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def services(request: SeatedRequest) -> HttpResponse:
    """Show what was charged, newest first, or what is in one state; take one back that waits for money."""
    if request.method == "POST":
        found = get_object_or_404(ServicePayment, public_id=posted(request, "service"))
        done = _("Taken back. The buyer is no longer asked for it.")
        tried(request, done, lambda: withdraw_charge(found.public_id, by=request.actor))
        return redirect(request.get_full_path())
    chosen = one_of(asked(request, "state")["state"], _STATES)
    all_ = ServicePayment.objects.select_related(
        "company", "authorisation", "estimate", "payee", "asked_by", "withdrawn_by"
    )
    counts = {state: all_.filter(those).count() for state, those in _STATES.items()}
    words = [("", _("All")), ("waiting", _("Waiting")), ("paid", _("Paid")), ("withdrawn", _("Withdrawn"))]
    context = {
        "page": page_of(request, all_.filter(_STATES[chosen]) if chosen else all_),
        "tabs": tabs(reverse("console:services"), "state", chosen, words, {**counts, "": sum(counts.values())}),
        "crumbs": [Crumb(_("Finance"), reverse("console:finance")), Crumb(_("Services charged"))],
    }
    return render(request, "console/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def service_new(request: SeatedRequest) -> HttpResponse:
    """Choose the buyer's authorisation, then charge under it."""
    crumbs = [
        Crumb(_("Finance"), reverse("console:finance")),
        Crumb(_("Services charged"), reverse("console:services")),
        Crumb(_("Charge a service")),
    ]
    chosen = posted(request, "to") or asked(request, "to")["to"]
    if not chosen:
        return render(request, "console/service_buyers.html", {**_choices(request), "crumbs": crumbs})
    word = get_object_or_404(Authorisation.objects.select_related("company"), public_id=chosen)
    form = ChargeForm(word, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _charge(request, form):
        return redirect("console:services")
    context = {"form": form, "word": word, "left": left_this_month(word), "crumbs": crumbs}
    return render(request, "console/service_new.html", context, status=422 if form.errors else 200)


def _choices(request: SeatedRequest) -> dict[str, Any]:
    """Return the authorisations in force, by the buyer's name or those that were looked for."""
    q = asked(request, "q")["q"]
    in_force: QuerySet[Authorisation] = Authorisation.objects.filter(revoked_at=None).select_related("company")
    found = in_force.filter(holding(q, "company__name_en", "company__name_zh"))
    page = page_of(request, found.order_by("company__name_en", "company_id", "service", "currency"))
    return {"q": q, "page": page, "rows": [(word, left_this_month(word)) for word in page]}


def _charge(request: SeatedRequest, form: ChargeForm) -> bool:
    typed = form.cleaned_data
    try:
        payment = charge_service(
            form.authorisation,
            typed["amount"],
            words=typed["words"],
            order_number=typed["order"],
            told=typed["told"],
            once=typed["once"],
            by=request.actor,
        )
    except DomainError as error:
        put_on(form, error)
        return False
    if payment.paid_at is None:
        messages.success(request, _("Charged. The wallet is short: it is paid as soon as money arrives."))
    else:
        messages.success(request, _("Charged and paid from the buyer's wallet."))
    return True
