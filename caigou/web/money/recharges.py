"""Recharge a wallet: choose, go to the gateway, come back, see what became of it."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.errors import DomainError
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.services.recharge import ask_later, gateways
from caigou.payments.services.wallet import wallet_balance
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.ui.onward import asked_next
from caigou.ui.refusals import put_on
from caigou.ui.states import state_of
from caigou.wallets.models import Instrument, InstrumentStatus
from caigou.wallets.services.funds import DeclarationNeeded
from caigou.wallets.services.instruments import recharge_from
from caigou.web.money.forms import RechargeForm

log = structlog.get_logger(__name__)

#: As many characters as a recharge keeps.
LONGEST_NEXT = 200
FINAL = (RechargeStatus.PAID, RechargeStatus.FAILED, RechargeStatus.REVIEW, RechargeStatus.RETURNED)


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def recharge(request: SeatedRequest) -> HttpResponse:
    """Ask how much and by which way, note it, and send the payer to the gateway (A13)."""
    ways = list(gateways())
    initial = {
        "amount": request.GET.get("amount", ""),
        "currency": request.GET.get("currency") or WALLET_CURRENCIES.value[0],
        "gateway": ways[0] if ways else "",
    }
    linked = list(Instrument.objects.visible_to(request.actor).filter(status=InstrumentStatus.USABLE))
    form = RechargeForm(linked, request.POST or None, initial=initial)
    following = asked_next(request, LONGEST_NEXT)
    if request.method == "POST" and form.is_valid():
        way = form.cleaned_data["gateway"]
        try:
            chosen = form.cleaned_data.get("instrument", "")
            started = recharge_from(
                request.company, form.money, gateway=way, instrument=chosen, by=request.actor, next_page=following
            )
        except DeclarationNeeded as error:
            messages.info(request, str(error))
            query = urlencode({"amount": form.money.amount, "currency": form.money.currency, "next": following})
            return redirect(f"{reverse('web:funds')}?{urlencode({'next': f'{request.path}?{query}'})}")
        except DomainError as error:
            put_on(form, error)
        else:
            return _to_gateway(request, started)
    context = {"form": form, "next": following, "ways": ways}
    return render(request, "web/money/recharge.html", context, status=422 if form.errors else 200)


def _to_gateway(request: SeatedRequest, started: Recharge) -> HttpResponse:
    """Send the payer on: after the commit and outside any transaction, since the gateway may be slow or silent."""
    back = f"{reverse('web:recharge_state', args=[started.public_id])}?back=yes"
    try:
        address = gateways()[started.gateway].start(started.public_id, started.amount, back)
    except OSError as error:
        log.warning("gateway_silent", gateway=started.gateway, recharge=started.public_id, error=str(error))
        messages.error(request, _("The gateway doesn't answer. Nothing was taken; try again in a minute."))
        return redirect("web:recharge_state", public_id=started.public_id)
    return redirect(address)


@require_POST
@access(BUYER)
def recharge_go(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Send the payer to the gateway again; the reference is the same, so nothing is charged twice."""
    found = get_object_or_404(Recharge.objects.visible_to(request.actor), public_id=public_id)
    if found.status != RechargeStatus.STARTED or found.gateway not in gateways():
        messages.info(request, _("This recharge isn't waiting for you any more."))
        return redirect("web:recharge_state", public_id=public_id)
    return _to_gateway(request, found)


@require_safe
@never_cache
@access(BUYER)
def recharge_state(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Say what became of a recharge; asked again every two seconds until it is final.

    The payer who comes back from the gateway makes us ask it once, in case its message to us is lost.
    """
    found = get_object_or_404(Recharge.objects.visible_to(request.actor).select_related("company"), public_id=public_id)
    if request.GET.get("back"):
        ask_later(found)
        return redirect(f"{reverse('web:recharge_state', args=[public_id])}?returned=yes")
    if request.GET.get("seen") == found.status:
        return HttpResponse(status=204)
    context = {
        "recharge": found,
        "state": state_of("recharge", found.status, "buyer"),
        "final": found.status in FINAL,
        "for_order": found.next_page.startswith(reverse("web:order_list")),
        "returned": bool(request.GET.get("returned")),
        "wallet": wallet_balance(found.company, found.currency) if found.status in FINAL else None,
    }
    polled = request.headers.get("HX-Request") == "true"
    return render(request, f"web/money/{'recharge_live' if polled else 'recharge_state'}.html", context)
