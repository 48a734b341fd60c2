"""Exchange rates for estimates: what counts now, the operator's own, and how they came to be (B9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.rate_forms import DayForm, OwnRateForm, WithdrawForm
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.payments.rates.current import current, table_on
from caigou.payments.rates.models import OwnRate, RateSheet
from caigou.payments.rates.services import enter_rate, publisher, request_fetch, withdraw_rate
from caigou.payments.rates.table import OWN, PIVOT, Leg, Table
from caigou.payments.settings import READER_CURRENCIES, SPREAD, STALE_DAYS
from caigou.ui.currencies import currency_name

PAGE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """One currency: the figure that counts for it, or None where there is none."""

    currency: str
    name: str
    leg: Leg | None
    stale: bool

    @property
    def is_own(self) -> bool:
        return self.leg is not None and self.leg.source == OWN


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def rates(request: SeatedRequest) -> HttpResponse:
    """Show what counts for each currency, and take a rate that nobody publishes."""
    form = OwnRateForm(request.POST or None, initial={"base": "USD", "day": now().date()})
    if request.method == "POST" and form.is_valid() and _enter(request, form):
        messages.success(request, _("Entered. Estimates use it from now on."))
        return redirect("console:rates")
    asked = DayForm(request.GET if "on" in request.GET else None)
    day = asked.cleaned_data["on"] if asked.is_valid() else now().date()
    page = Paginator(OwnRate.objects.visible_to(request.actor).select_related("by"), PAGE)
    context = {
        "form": form,
        "rows": _rows(table_on(day) if asked.is_valid() else current(), day),
        "asked": asked,
        "day": day if asked.is_valid() else None,
        "newest": RateSheet.objects.order_by("-day").first(),
        "reachable": publisher().is_reachable(),
        "spread": SPREAD,
        "spread_shown": SPREAD.shown(SPREAD.value),
        "page": page.get_page(request.GET.get("page")),
    }
    return render(request, "console/rates.html", context, status=422 if form.errors else 200)


def _rows(table: Table, day: date) -> list[Row]:
    """Return the currencies that readers can choose first, then all others that had a figure on ``day``."""
    days = STALE_DAYS.value
    codes = [code for code in READER_CURRENCIES.value if code != PIVOT]
    codes += sorted(table.legs.keys() - {*codes})
    rows = []
    for code in codes:
        leg = table.legs.get(code)
        rows.append(Row(code, currency_name(code), leg, leg is not None and (day - leg.day).days > days))
    return rows


def _enter(request: SeatedRequest, form: OwnRateForm) -> bool:
    values = form.cleaned_data
    try:
        enter_rate(
            values["currency"],
            values["base"],
            values["figure"],
            day=values["day"],
            reason=values["reason"],
            by=request.actor,
            sure=values["sure"],
        )
    except DomainError as error:
        for name in error.fields or [""]:
            form.add_error(name or None, str(error))
        return False
    return True


@require_POST
@access(FINANCE)
def rate_withdraw(request: SeatedRequest) -> HttpResponse:
    """Let a rate of the operator's own count no more."""
    form = WithdrawForm(request.POST)
    try:
        if not form.is_valid():
            messages.error(request, _("Say why, in 3 to 200 characters. Nothing was changed."))
        else:
            withdraw_rate(form.cleaned_data["currency"], reason=form.cleaned_data["reason"], by=request.actor)
            messages.success(request, _("Withdrawn. Where nobody publishes a rate, the pages say so."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("console:rates")


@require_POST
@access(FINANCE)
def rates_fetch(request: SeatedRequest) -> HttpResponse:
    """Let the worker ask the publisher now."""
    if request_fetch(by=request.actor):
        messages.success(request, _("The publisher is being asked. What is new appears here."))
    else:
        messages.info(request, _("This installation fetches no rates: CAIGOU_RATES_URL is empty."))
    return redirect("console:rates")
