"""Exchange between the currencies of a company's wallets: a quote, and one click that takes it (B9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.integrations.services.limits import count
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import CURRENCIES, Money
from caigou.ledger.models import FxQuote
from caigou.payments.rates.exchange import QUOTES_A_MINUTE, ask_quote, confirm, exchanged_at, exchanges_of
from caigou.payments.rates.quotes import VALID, Basis, CustomerRate, customer_rate, spreads_in_force
from caigou.payments.rates.table import Leg
from caigou.payments.selectors import Purse, purses
from caigou.payments.services.wallet import available
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.ui.bank_forms import AmountForm
from caigou.ui.formats import format_money
from caigou.ui.lists import page_of, posted
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.shapes import Crumb
from caigou.ui.words import language


class ExchangeForm(AmountForm):
    """How much of which wallet, and what for."""

    sell = forms.ChoiceField(label=gettext_lazy("From the wallet"))
    buy = forms.ChoiceField(
        label=gettext_lazy("Into the currency"), choices=lambda: [(code, code) for code in WALLET_CURRENCIES.value]
    )

    def __init__(self, found: Sequence[Purse], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["currency"]
        self.order_fields(["sell", "amount", "buy"])
        free = [(one.currency, format_money(one.balance.available, language())) for one in found]
        self.fields["sell"].choices = [(code, f"{code} · {sum_}") for code, sum_ in free]  # type: ignore[attr-defined]

    def currency_of(self, typed: dict[str, Any]) -> str:
        """Return the currency that is given."""
        return str(typed.get("sell", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def exchange(request: SeatedRequest) -> HttpResponse:
    """Ask what an amount of one wallet brings in another currency; show what was exchanged before."""
    found = purses(request.company, "wallet")
    form = ExchangeForm(found, request.POST or None, initial=_initial(request, found))
    if request.method == "POST" and form.is_valid():
        try:
            count(f"quotes:{request.company.pk}", limit=QUOTES_A_MINUTE)
            quote = ask_quote(request.company, form.money, form.cleaned_data["buy"], by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            return redirect("web:exchange_quote", public_id=quote.public_id)
    context = {
        "form": form,
        "found": found,
        "rates": _rates(found),
        "minutes": int(VALID.total_seconds()) // 60,
        "page": page_of(request, exchanges_of(request.company)),
        "crumbs": _crumbs(),
    }
    return render(request, "web/money/exchange.html", context, status=422 if form.errors else 200)


def _initial(request: SeatedRequest, found: Sequence[Purse]) -> dict[str, str]:
    """Return what the address asks for, else the first wallet with money and the house's first other currency."""
    asked = {name: request.GET.get(name, "").replace("\0", "")[:30] for name in ("sell", "buy", "amount")}
    richest = next((one.currency for one in found if one.balance.available.minor > 0), "")
    sell = asked["sell"] or richest
    other = next((code for code in WALLET_CURRENCIES.value if code != sell), "")
    return {"sell": sell, "buy": asked["buy"] or other, "amount": asked["amount"]}


def _rates(found: Sequence[Purse]) -> list[tuple[Money, Money, CustomerRate, Basis]]:
    """Return for each wallet with money what 100 units of it bring in the others now, where anything is quoted."""
    spreads, shown = spreads_in_force(), []
    for one in found:
        for buy in WALLET_CURRENCIES.value:
            quoted = None if buy == one.currency else customer_rate(one.currency, buy, spreads)
            if quoted is not None and not quoted.stale:
                sum_ = Money(100 * 10 ** CURRENCIES[one.currency], one.currency)
                basis = Basis(tuple(quoted.rate.sources), quoted.rate.day, quoted.points)
                shown.append((sum_, quoted.brings(sum_), quoted, basis))
    return shown


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access(BUYER)
def exchange_quote(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show a quote until when it holds, and take it once; afterwards what came of it."""
    quote = get_object_or_404(FxQuote.objects.filter(owner=request.company.public_id), public_id=public_id)
    if request.method == "POST":
        try:
            if posted(request, "expected") != str(quote.buy_minor):
                raise BadInput(_("Nothing was exchanged. Look at the quote again, then confirm it."))
            confirm(request.company, quote.public_id, by=request.actor)
        except DomainError as error:
            messages.error(request, sentence_of(error))
        else:
            messages.success(request, _("Exchanged. Both wallets show it."))
        return redirect("web:exchange_quote", public_id=public_id)
    sell, buy = quote.given, quote.got
    done = exchanged_at(quote.public_id)
    again = {"sell": sell.currency, "buy": buy.currency, "amount": sell.amount}
    context = {
        "quote": quote,
        "sell": sell,
        "buy": buy,
        "rate": Leg(quote.sell, quote.buy, quote.rate, quote.quoted_at.date(), ""),
        "basis": Basis.read(quote.rate_source),
        "done": done,
        "expired": done is None and quote.expires_at <= now(),
        "short": done is None and available(request.company, sell.currency) < sell,
        "again": f"{reverse('web:exchange')}?{urlencode(again)}",
        "recharge": f"{reverse('web:recharge')}?{urlencode({'amount': sell.amount, 'currency': sell.currency})}",
        "crumbs": _crumbs(Crumb(public_id[:8].upper())),
    }
    return render(request, "web/money/exchange_quote.html", context)


def _crumbs(*more: Crumb) -> list[Crumb]:
    here = (
        [Crumb(_("Exchange of currencies"), reverse("web:exchange"))] if more else [Crumb(_("Exchange of currencies"))]
    )
    return [Crumb(_("Money"), reverse("web:money")), *here, *more]
