"""The money page: what a company has, what is set aside or in escrow, and every movement."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caigou.accounts.access import TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.services import Line, TransferId, statement
from caigou.orders.selectors import money_in_escrow
from caigou.payments.models import Recharge
from caigou.payments.selectors import Purse, purses
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.ui.shapes import Tab
from caigou.web.money.shown import entries

LINES = 25
RECHARGES = 5


@require_safe
@access(TRADER)
def money(request: SeatedRequest) -> HttpResponse:
    """Show balances with their moment, and the statement of one currency, newest first (A12)."""
    is_buyer = request.actor.role == "buyer"
    found = purses(request.company, "wallet" if is_buyer else "supplier_payable")
    chosen = _chosen(request, found)
    lines = statement(chosen.account, LINES + 1, _before(request)) if chosen else []
    context = {
        "is_buyer": is_buyer,
        "purses": found,
        "chosen": chosen,
        "nothing": Money.zero(WALLET_CURRENCIES.value[0]),
        "as_of": found[0].balance.as_of if found else now(),
        "escrow": money_in_escrow(request.actor),
        "tabs": [Tab(purse.currency, f"?currency={purse.currency}", current=purse is chosen) for purse in found],
        "entries": entries(lines[:LINES], request.actor),
        "older": _older(lines),
        "recharges": Recharge.objects.visible_to(request.actor)[:RECHARGES] if is_buyer else (),
    }
    return render(request, "web/money/money.html", context)


def _chosen(request: HttpRequest, found: Sequence[Purse]) -> Purse | None:
    wanted = request.GET.get("currency")
    return next((purse for purse in found if purse.currency == wanted), found[0] if found else None)


def _before(request: HttpRequest) -> TransferId | None:
    text = request.GET.get("before", "")
    return TransferId(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _older(lines: Sequence[Line]) -> TransferId | None:
    """Return where the next page begins, if there is one."""
    return lines[LINES - 1].transfer_id if len(lines) > LINES else None
