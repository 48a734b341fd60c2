"""Exchange of currencies: what customers are quoted, each pair's spread, positions, and what came of the quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.rate_forms import currency_choices
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import CURRENCIES, Money
from caigou.ledger.models import FxQuote
from caigou.payments.rates.current import current
from caigou.payments.rates.exchange import USED
from caigou.payments.rates.models import PairSpread
from caigou.payments.rates.quotes import CustomerRate, customer_rate, enter_spread, positions, spreads_in_force
from caigou.payments.settings import SPREAD, WALLET_CURRENCIES
from caigou.ui.charts import bar_rows_by_worth
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb

PAGE = 25
#: Quotes are counted over so many days.
DAYS = 30
_SHOWN = 50
#: What the table of quotes is an example of, in whole units.
_EXAMPLE = 1_000


class SpreadForm(forms.Form):
    """The spread of a pair, from a moment on."""

    sell = forms.ChoiceField(label=gettext_lazy("Customers give"), choices=currency_choices)
    buy = forms.ChoiceField(label=gettext_lazy("and get"), choices=currency_choices)
    points = forms.CharField(
        label=gettext_lazy("Spread in per cent"),
        max_length=8,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("Such as 1.5. Left empty, the house's own spread counts again."),
    )
    since = forms.DateTimeField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("In your time zone; left empty, from now on."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), min_length=3, max_length=300)

    def clean_points(self) -> int | None:
        text: str = self.cleaned_data["points"]
        if not text.strip():
            return None
        try:
            return SPREAD.read(text)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair: what ``example`` brings a customer now, or None without a rate."""

    sell: str
    buy: str
    found: CustomerRate | None
    example: Money

    @property
    def brings(self) -> Money | None:
        return self.found.brings(self.example) if self.found else None

    @property
    def spread(self) -> str:
        return SPREAD.shown(self.found.points) if self.found else ""


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def exchange(request: SeatedRequest) -> HttpResponse:
    """Show what customers are quoted and what the house is exposed to; take a spread for a pair."""
    form = SpreadForm(request.POST or None, initial={"sell": "CNY", "buy": "USD"})
    if request.method == "POST" and form.is_valid() and _enter(request, form):
        messages.success(request, _("Entered. Quotes use it from that moment on."))
        return redirect("console:exchange")
    quotes = _quotes()
    history = Paginator(PairSpread.objects.select_related("by"), PAGE)
    context = {
        "form": form,
        "pairs": _pairs(),
        "house": SPREAD.shown(SPREAD.value),
        "spread_key": SPREAD.key,
        "positions": bar_rows_by_worth([(one.currency, one, worth) for one, worth in _valued()]),
        "counts": _counts(quotes),
        "quotes": [(one, one.given, one.got, _state(one)) for one in quotes[:_SHOWN]],
        "days": DAYS,
        "page": history.get_page(request.GET.get("page")),
        "moment": now(),
        "crumbs": [Crumb(_("Exchange rates"), reverse("console:rates")), Crumb(_("Exchange of currencies"))],
    }
    return render(request, "console/exchange.html", context, status=422 if form.errors else 200)


def _enter(request: SeatedRequest, form: SpreadForm) -> bool:
    values = form.cleaned_data
    try:
        enter_spread(
            values["sell"],
            values["buy"],
            values["points"],
            since=values["since"],
            reason=values["reason"],
            by=request.actor,
        )
    except DomainError as error:
        put_on(form, error)
        return False
    return True


def _pairs() -> list[Pair]:
    """Return every pair of the house's currencies, and those that have a spread of their own besides."""
    spreads = spreads_in_force()
    wanted = [*permutations(WALLET_CURRENCIES.value, 2)]
    wanted += [pair for pair in sorted(spreads) if pair not in wanted]
    return [
        Pair(sell, buy, customer_rate(sell, buy, spreads), Money(_EXAMPLE * 10 ** CURRENCIES[sell], sell))
        for sell, buy in wanted
    ]


def _valued() -> list[tuple[Money, Money | None]]:
    """Return each open position and about what it is worth in the house's first currency, before any spread."""
    house, table = WALLET_CURRENCIES.value[0], current()
    found = []
    for one in positions():
        worth = one if one.currency == house else None
        if worth is None and (estimate := table.estimate(one, house)) is not None:
            worth = estimate.value
        found.append((one, worth))
    return found


def _quotes() -> QuerySet[FxQuote, FxQuote]:
    recent = FxQuote.objects.filter(quoted_at__gte=now() - timedelta(days=DAYS))
    return recent.annotate(used=USED).order_by("-quoted_at", "-pk")


def _counts(quotes: QuerySet[FxQuote, FxQuote]) -> Sequence[Any]:
    return list(
        quotes.order_by()
        .values("sell", "buy")
        .annotate(
            issued=Count("pk"),
            taken=Count("pk", filter=Q(used=True)),
            expired=Count("pk", filter=Q(used=False, expires_at__lte=now())),
        )
        .order_by("sell", "buy")
    )


def _state(quote: Any) -> str:
    if quote.used:
        return "used"
    return "expired" if quote.expires_at <= now() else "open"
