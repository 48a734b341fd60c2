"""The trial balance as of a day, and the close of a month by two persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.bank import tried
from caigou.console.books import currency_books, trial_columns
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.chart import CHART
from caigou.ledger.trial import TrialLine, trial_balance_at
from caigou.statements.closing.checks import LABELS, Check, checks_of
from caigou.statements.closing.months import begin_of, end_of, month_named, months_of_books, name_of
from caigou.statements.closing.services import confirm_close, digest_of, propose_close, refuse_close
from caigou.statements.models import CloseStatus, MonthClose
from caigou.statements.sheet import written
from caigou.ui.formats import format_month
from caigou.ui.lists import posted
from caigou.ui.shapes import Crumb
from caigou.ui.states import State

#: Where each check is mended.
WHERE: Final[Mapping[str, str]] = {
    "order": "console:months",
    "trial": "console:books",
    "books": "console:books",
    "seals": "console:books",
    "numbers": "console:documents",
    "new_lines": "console:bank",
    "suspense": "console:bank",
    "unexplained": "console:bank",
    "decisions": "console:bank",
    "unknown": "console:work",
    "statements": "console:bank",
    "covered": "console:books",
}
#: How a month looks that somebody has proposed to close; one that is refused stays open.
STATES: Final[Mapping[str, State]] = {
    CloseStatus.PROPOSED: State("due", "person", gettext_lazy("Waiting for a second person")),
    CloseStatus.CLOSED: State("ok", "lock", gettext_lazy("Closed")),
}
_OPEN: Final = State("none", "doc", gettext_lazy("Open"))
#: A machine reads it: the heads are the same in every language.
_HEAD = ("as_of", "currency", "kind", "debited", "credited", "balance_debit", "balance_credit", "set_aside")
_FIGURES = frozenset({3, 4, 5, 6, 7})


class AsOfForm(forms.Form):
    """The day at whose end the trial balance is drawn up."""

    on = forms.DateField(
        label=gettext_lazy("At the end of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _asked(request: SeatedRequest) -> tuple[AsOfForm, date]:
    """Return the form and the day asked for; today where none is, or none that is a day."""
    form = AsOfForm(request.GET if "on" in request.GET else None, initial={"on": now().date()})
    day: date = form.cleaned_data["on"] if form.is_valid() else now().date()
    return form, day if date(2000, 1, 1) <= day < date(9000, 1, 1) else now().date()


def _lines(day: date) -> list[TrialLine]:
    return trial_balance_at(begin_of(day + timedelta(days=1)))


@require_safe
@access(FINANCE)
def trial(request: SeatedRequest) -> HttpResponse:
    """Show the trial balance at the end of any day."""
    form, day = _asked(request)
    context = {
        "form": form,
        "day": day,
        "books": currency_books(_lines(day)),
        "columns": trial_columns(),
        "crumbs": [Crumb(_("Books"), reverse("console:books")), Crumb(_("As of a day"))],
    }
    return render(request, "console/trial.html", context)


@require_safe
@access(FINANCE)
def trial_csv(request: SeatedRequest) -> HttpResponse:
    """Hand the same out as a file."""
    _form, day = _asked(request)
    text = written([_HEAD, *(_cells(day, line) for line in _lines(day))], figures=_FIGURES)
    headers = {"Content-Disposition": f'attachment; filename="trial-balance-{day.isoformat()}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _cells(day: date, line: TrialLine) -> Sequence[str]:
    zero = Money.zero(line.currency)
    balance = line.debits - line.credits
    sides = (max(balance, zero), max(-balance, zero))
    figures = (line.debits, line.credits, *sides, line.held)
    return (day.isoformat(), line.currency, line.kind, *(figure.amount for figure in figures))


# --- Months -------------------------------------------------------------------------------------------------------


@require_safe
@access(FINANCE)
def months(request: SeatedRequest) -> HttpResponse:
    """Show every month of the books: closed by whom and when, proposed, or open."""
    closes = MonthClose.objects.exclude(status=CloseStatus.REFUSED).select_related("proposed_by", "decided_by")
    known = {close.month: close for close in closes}
    context = {
        "rows": [
            (month, name_of(month), close, _state(close)) for month in months_of_books() for close in [known.get(month)]
        ],
        "crumbs": [Crumb(_("Books"), reverse("console:books")), Crumb(_("Months"))],
    }
    return render(request, "console/months.html", context)


def _state(close: MonthClose | None) -> State:
    return STATES[close.status] if close else _OPEN


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def month(request: SeatedRequest, name: str) -> HttpResponse:
    """Show what speaks for and against closing a month; propose it, close it as the second person, or refuse."""
    first = month_named(name)
    if first is None or first > now().date():
        raise Http404
    if request.method == "POST":
        _do(request, first)
        return redirect("console:month", name=name)
    close = (
        MonthClose.objects.exclude(status=CloseStatus.REFUSED)
        .select_related("proposed_by", "decided_by")
        .filter(month=first)
        .first()
    )
    closed = close is not None and close.status == CloseStatus.CLOSED
    checks = [Check(each, close.checks.get(each, 0)) for each in LABELS] if close and closed else checks_of(first)
    lines = trial_balance_at(end_of(first))
    context = {
        "month": first,
        "close": close,
        "state": _state(close),
        "closed": closed,
        "checks": [(check, reverse(WHERE[check.name]) if check.name in WHERE else "") for check in checks],
        "blocked": any(check.blocks and not check.holds for check in checks),
        "same": close is None or close.digest == digest_of(lines),
        "mine": close is not None and close.proposed_by_id == request.user.pk,
        "refused": MonthClose.objects.filter(month=first, status=CloseStatus.REFUSED).select_related("refused_by"),
        "books": currency_books(_kept(close) if close and closed else lines),
        "columns": trial_columns(),
        "crumbs": [
            Crumb(_("Books"), reverse("console:books")),
            Crumb(_("Months"), reverse("console:months")),
            Crumb(format_month(first, get_language() or "en")),
        ],
    }
    return render(request, "console/month.html", context)


def _do(request: SeatedRequest, first: date) -> None:
    do, by = posted(request, "do"), request.actor
    if do == "propose":
        reason = posted(request, "reason")
        tried(request, _("Proposed. A second person closes it."), lambda: propose_close(first, reason=reason, by=by))
    elif do == "close":
        seen = posted(request, "seen")
        tried(request, _("Closed, for good."), lambda: confirm_close(first, seen=seen, by=by))
    elif do == "refuse":
        tried(request, _("Refused. The month stays open."), lambda: refuse_close(first, by=by))


def _kept(close: MonthClose) -> list[TrialLine]:
    """Return the totals of a closed month as they were kept."""
    return [
        TrialLine(
            row["currency"],
            row["kind"],
            Money(row["debits"], row["currency"]),
            Money(row["credits"], row["currency"]),
            Money.zero(row["currency"]),
        )
        for row in close.totals
        if row["kind"] in CHART
    ]
