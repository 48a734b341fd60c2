"""What prices are shown for (place and currency), and how the estimates are made (B9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.accounts.services.profile import change_terms
from caigou.kernel.clock import now
from caigou.kernel.money import CURRENCIES, BadAmount, Money, parse_money
from caigou.payments.rates.current import current, estimate
from caigou.payments.rates.table import Estimate, Rate
from caigou.payments.settings import READER_CURRENCIES, SPREAD, STALE_DAYS, WALLET_CURRENCIES
from caigou.ui.currencies import currency_name
from caigou.ui.onward import safe_next
from caigou.ui.reader import CURRENCY_COOKIE, DESTINATION_COOKIE
from caigou.web.rates.forms import ReaderForm, currency_choices

_ONE_YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@access(PUBLIC)
def reader(request: Any) -> HttpResponse:
    """Choose place and currency; kept in two cookies, and with the person when signed in. No price changes."""
    shown = {"destination": request.reader.destination, "currency": request.reader.currency}
    form = ReaderForm(request.POST or None, initial=shown)
    following = safe_next(request, "web:home")
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        if request.actor is not None:
            change_terms(request.user, currency=chosen["currency"], destination=chosen["destination"])
        response = redirect(following)
        _keep(response, CURRENCY_COOKIE, chosen["currency"])
        _keep(response, DESTINATION_COOKIE, chosen["destination"])
        messages.success(request, _("Prices are shown so from now on."))
        return response
    field: Any = form.fields["currency"]
    field.choices = currency_choices(request.reader.currency)
    return render(
        request, "web/rates/reader.html", {"form": form, "next": following}, status=422 if form.errors else 200
    )


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_ONE_YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax", httponly=True
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One currency of the page: its rate to the house's own, or None where nobody publishes one."""

    currency: str
    name: str
    rate: Rate | None
    stale: bool


@require_safe
@access(PUBLIC)
def rates(request: Any) -> HttpResponse:
    """Show the rates behind the estimates with day and source; with ``amount`` and ``currency``, one working."""
    own, table, today = WALLET_CURRENCIES.value[0], current(), now().date()
    rows = []
    for code in READER_CURRENCIES.value:
        if code != own:
            rate = table.rate(code, own)
            if rate is not None and rate.figure < 1:  # ¥1 ≈ JP¥23.6 is read more easily than JP¥1 ≈ ¥0.0423
                rate = table.rate(own, code)
            stale = rate is not None and rate.is_stale(today, STALE_DAYS.value)
            rows.append(Row(code, currency_name(code), rate, stale))
    listed = _asked(request)
    context = {
        "own": own,
        "own_name": currency_name(own),
        "rows": rows,
        "listed": listed,
        "working": _working(listed, request.reader.currency),
        "spread": SPREAD.shown(SPREAD.value) if SPREAD.value else "",
        "stale_days": STALE_DAYS.value,
    }
    return render(request, "web/rates/rates.html", context)


def _asked(request: HttpRequest) -> Money | None:
    """Return the amount that the address names; None without one, or for what is no amount."""
    currency = request.GET.get("currency", "")
    if currency not in CURRENCIES or currency == "PTS":
        return None
    try:
        return parse_money(request.GET.get("amount", ""), currency)
    except BadAmount:
        return None


def _working(listed: Money | None, currency: str) -> Estimate | None:
    return estimate(listed, currency) if listed is not None else None
