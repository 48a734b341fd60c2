"""Gateways on the console: what stands in clearing, their reports, and differences for a person (promise 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.bank import tried
from caigou.console.bank_forms import CompanyField
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money
from caigou.ledger.models import Account
from caigou.ledger.services import AccountId, balances
from caigou.payments.ports import ReportRefused
from caigou.payments.services.recharge import gateways as known_gateways
from caigou.payments.settlements.models import (
    DifferenceStatus,
    GatewayDifference,
    GatewayReport,
    GatewayRow,
    Resolution,
)
from caigou.payments.settlements.plain import MOST_BYTES
from caigou.payments.settlements.services.resolve import answer_resolution, ask_resolution
from caigou.payments.settlements.services.take_in import take_in_report
from caigou.ui.charts import BarRow, bar_rows
from caigou.ui.lists import page_of, posted
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb

_SHOWN = 30


class ReportForm(forms.Form):
    """A report that wasn't fetched."""

    gateway = forms.ChoiceField(
        label=gettext_lazy("Gateway"), choices=lambda: [(name, name) for name in known_gateways()]
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    file = forms.FileField(label=gettext_lazy("File"))


class ResolutionForm(forms.Form):
    """What a difference is."""

    how = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[(one.value, one.label) for one in (Resolution.EXPLAINED, Resolution.CHARGE, Resolution.CREDIT)],
        widget=forms.RadioSelect,
    )
    company = CompanyField(
        required=False, label=gettext_lazy("Company"), help_text=gettext_lazy("Only for a charge that is a company's.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a gateway holds for us in one currency: by our books, and by its own reports."""

    gateway: str
    ours: Money
    theirs: Money

    @property
    def bars(self) -> list[BarRow]:
        """Both on one scale."""
        return bar_rows([(_("Our books"), self.ours), (_("The gateway"), self.theirs)])


def _standings() -> list[Standing]:
    accounts = list(Account.objects.filter(kind="gateway_clearing").order_by("owner", "currency"))
    held = balances(AccountId(each.pk) for each in accounts) if accounts else {}
    net = Sum(F("amount_minor") - F("fee_minor"))
    told = GatewayRow.objects.values_list("report__gateway", "currency").annotate(net=net).order_by()
    theirs = {(gateway, currency): int(minor) for gateway, currency, minor in told}
    return [
        Standing(
            each.owner,
            held[AccountId(each.pk)].posted,
            Money(theirs.get((each.owner, each.currency), 0), each.currency),
        )
        for each in accounts
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def gateways(request: SeatedRequest) -> HttpResponse:
    """Show what stands where, what differs and what is on its way to the bank; take a report in."""
    yesterday = now().date() - timedelta(days=1)
    form = ReportForm(request.POST or None, request.FILES or None, initial={"day": yesterday})
    if request.method == "POST" and form.is_valid() and _taken(request, form):
        return redirect("console:gateways")
    open_ones = GatewayDifference.objects.exclude(status=DifferenceStatus.RESOLVED)
    payouts = GatewayRow.objects.filter(kind="payout", line=None).select_related("report").order_by("day", "pk")
    reports = GatewayReport.objects.select_related("by").annotate(told=Count("rows")).order_by("-day", "-pk")
    context = {
        "form": form,
        "standings": _standings(),
        "page": page_of(request, open_ones.select_related("row", "recharge", "refund").order_by("found_at", "pk")),
        "payouts": payouts[:_SHOWN],
        "reports": reports[:_SHOWN],
    }
    return render(request, "console/gateways.html", context, status=422 if form.errors else 200)


def _taken(request: SeatedRequest, form: ReportForm) -> bool:
    values = form.cleaned_data
    data = values["file"].read(MOST_BYTES + 1)
    try:
        taken = take_in_report(values["gateway"], values["day"], data, name=values["file"].name or "", by=request.actor)
    except ReportRefused as error:
        for fault in error.faults:
            form.add_error("file", fault)
        return False
    except DomainError as error:
        put_on(form, error)
        return False
    words = _("Taken in: %(rows)s lines, %(differences)s differences.")
    messages.success(request, words % {"rows": taken.rows, "differences": taken.differences})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def gateway_difference(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show one difference from both sides; say what it is, or answer who said so."""
    found = get_object_or_404(
        GatewayDifference.objects.select_related(
            "row", "recharge", "refund", "report", "company", "asked_by", "decided_by"
        ),
        public_id=public_id,
    )
    do = posted(request, "do")
    form = ResolutionForm(request.POST if do == "ask" else None)
    if do == "ask" and form.is_valid() and _asked(request, found, form):
        return redirect("console:gateway_difference", public_id=public_id)
    if do in {"agree", "refuse"}:
        tried(request, _("Decided."), lambda: answer_resolution(found.pk, agree=do == "agree", by=request.actor))
        return redirect("console:gateway_difference", public_id=public_id)
    context = {
        "difference": found,
        "form": form,
        "crumbs": [Crumb(_("Gateways"), reverse("console:gateways")), Crumb(found.get_kind_display())],
    }
    return render(request, "console/gateway_difference.html", context, status=422 if form.errors else 200)


def _asked(request: SeatedRequest, found: GatewayDifference, form: ResolutionForm) -> bool:
    values = form.cleaned_data
    try:
        done = ask_resolution(
            found.pk, values["how"], reason=values["reason"], company=values["company"], by=request.actor
        )
    except DomainError as error:
        put_on(form, error)
        return False
    waits = done.status == DifferenceStatus.WAITING
    messages.success(request, _("Asked. A second person has to agree.") if waits else _("Decided."))
    return True
