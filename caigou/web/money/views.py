"""The money page: what a company has, what is set aside or in escrow, and every movement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from caigou.accounts.access import TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.periods import movements
from caigou.ledger.services import AccountId, Line, TransferId, statement
from caigou.orders.selectors import money_in_escrow
from caigou.payments.bank.models import CorporateTransfer
from caigou.payments.models import Recharge
from caigou.payments.selectors import Purse, purses
from caigou.payments.services.debts import debt_of
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.statements.words import GROUPS, group_named
from caigou.ui.charts import Balance, balance_of
from caigou.ui.shapes import Tab
from caigou.wallets.services.block import standing_block
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
    asked = FilterForm(request.GET or None)
    lines = _lines(request, chosen.account, asked) if chosen else []
    as_of = found[0].balance.as_of if found else now()
    context = {
        "is_buyer": is_buyer,
        "blocked": standing_block(request.company),
        "purses": found,
        "chosen": chosen,
        "nothing": Money.zero(WALLET_CURRENCIES.value[0]),
        "as_of": as_of,
        "escrow": money_in_escrow(request.actor),
        "tabs": [Tab(purse.currency, f"?currency={purse.currency}", current=purse is chosen) for purse in found],
        "asked": asked,
        "filtered": asked.is_valid() and asked.filters,
        "debts": [owed for purse in found if (owed := debt_of(request.company, purse.currency))],
        "entries": entries(lines[:LINES], request.actor),
        "balance": None if asked.is_valid() and asked.filters else _balance(request, lines, as_of),
        "older": _older(lines),
        "transfers": CorporateTransfer.objects.visible_to(request.actor)[:RECHARGES] if is_buyer else (),
        "recharges": Recharge.objects.visible_to(request.actor)[:RECHARGES] if is_buyer else (),
    }
    return render(request, "web/money/money.html", context)


_DAY = {"type": "date"}


class FilterForm(forms.Form):
    """Which movements are shown; what can't be read filters nothing."""

    what = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=lambda: [("", gettext_lazy("All movements")), *((group.name, group.label) for group in GROUPS)],
        required=False,
    )
    since = forms.DateField(
        label=gettext_lazy("First day"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )

    @property
    def filters(self) -> bool:
        """Whether anything is left out; only after ``is_valid()``."""
        return any(self.cleaned_data[name] for name in ("what", "since", "until"))


def _lines(request: HttpRequest, account: AccountId, asked: FilterForm) -> list[Line]:
    """Return the page's lines and one more; only a filter takes the longer way through all of the account."""
    if not (asked.is_valid() and asked.filters):
        return statement(account, LINES + 1, _before(request))
    values, zone = asked.cleaned_data, timezone.get_current_timezone()
    since, until = values["since"], values["until"]
    group = group_named(values["what"])
    return movements(
        account,
        since=datetime.combine(since, time.min, tzinfo=zone) if since else None,
        until=datetime.combine(until, time.max, tzinfo=zone) if until else None,
        purposes=group.purposes if group else None,
        before=_before(request),
        limit=LINES + 1,
    )


def _balance(request: HttpRequest, lines: Sequence[Line], as_of: datetime) -> Balance | None:
    """Return how the balance went through the lines that are shown; it costs no further question."""
    moved = [(line.when, line.balance) for line in reversed(lines[:LINES])]
    return balance_of(moved, moved[-1][0] if _before(request) and moved else as_of)


def _chosen(request: HttpRequest, found: Sequence[Purse]) -> Purse | None:
    wanted = request.GET.get("currency")
    return next((purse for purse in found if purse.currency == wanted), found[0] if found else None)


def _before(request: HttpRequest) -> TransferId | None:
    text = request.GET.get("before", "")
    return TransferId(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _older(lines: Sequence[Line]) -> TransferId | None:
    """Return where the next page begins, if there is one."""
    return lines[LINES - 1].transfer_id if len(lines) > LINES else None
