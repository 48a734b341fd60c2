"""What staff see first: what needs a person, all orders, and the search index."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import ImportRun, ImportStatus, Product, ProductStatus
from caigou.console.finance_tasks import finance_tasks
from caigou.jobs.selectors import Backlog, backlog
from caigou.kernel.actor import Actor
from caigou.orders.models import Order, OrderStatus
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.refunds.models import Refund, RefundStatus
from caigou.search.calls import reindex_waits, request_reindex
from caigou.search.models import Pending
from caigou.search.services import index
from caigou.ui.formats import format_money
from caigou.ui.shapes import Tab, Task
from caigou.ui.states import state_of

PAGE = 50
_FEW = 10


@require_safe
@access(STAFF)
def home(request: SeatedRequest) -> HttpResponse:
    """Show what needs a person, then the counts."""
    work, money = backlog(), request.actor.may("finance")
    running = list(
        ImportRun.objects.filter(status__in=(ImportStatus.WAITING, ImportStatus.RUNNING)).select_related("by")[:_FEW]
    )
    request.nav_counts = {"imports": len(running)}  # type: ignore[attr-defined]
    context = {
        "tasks": [*_stuck(work), *(_of_money(request.actor) if money else ()), *_unready_index()],
        "running": [(run, state_of("import", run.status, "staff")) for run in running],
        "work": work,
        "goods": dict(Product.objects.values_list("status").annotate(n=Count("pk")).order_by()),
        "orders": _order_tabs(""),
    }
    return render(request, "console/home.html", context)


def _stuck(work: Backlog) -> Iterator[Task]:
    if work.stuck:
        words = ngettext("%(count)s job is stuck", "%(count)s jobs are stuck", work.stuck) % {"count": work.stuck}
        yield Task(words, reverse("console:work"), detail=_("Each is tried again by itself."), glyph="warning")


def _of_money(by: Actor) -> Iterator[Task]:
    """What only people with the right of finance see."""
    yield from _unknown_recharges()
    yield from _refunds_to_decide()
    yield from finance_tasks(by)


def _unknown_recharges() -> Iterator[Task]:
    unknown = Recharge.objects.filter(status=RechargeStatus.UNKNOWN).select_related("company").order_by("started_at")
    for recharge in unknown[:_FEW]:
        yield Task(
            _("Recharge of %(sum)s is unclear") % {"sum": format_money(recharge.amount, get_language() or "en")},
            reverse("console:work"),
            detail=f"{recharge.company} · {recharge.gateway} · {recharge.public_id}",
            glyph="yuan",
        )


def _refunds_to_decide() -> Iterator[Task]:
    waiting = Refund.objects.filter(status__in=(RefundStatus.ASKED, RefundStatus.SECOND)).count()
    if waiting:
        words = ngettext("%(count)s refund waits for a decision", "%(count)s refunds wait for a decision", waiting)
        yield Task(words % {"count": waiting}, reverse("console:refunds"), glyph="refresh")


def _unready_index() -> Iterator[Task]:
    if not index().is_ready():
        yield Task(
            _("The search index is missing"),
            reverse("console:search"),
            detail=_("The worker builds it by itself; if it doesn't, look here."),
            glyph="search",
        )


@require_safe
@access(STAFF)
def orders(request: SeatedRequest) -> HttpResponse:
    """Show all orders, newest first, or those in one state."""
    chosen = request.GET.get("status", "")
    chosen = chosen if chosen in OrderStatus.values else ""
    shown = Order.objects.visible_to(request.actor).for_cards()
    page = Paginator(shown.filter(status=chosen) if chosen else shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(order, state_of("order", order.status, "staff")) for order in page],
        "tabs": _order_tabs(chosen),
    }
    return render(request, "console/orders.html", context)


def _order_tabs(chosen: str) -> list[Tab]:
    counts: dict[str, int] = dict(Order.objects.values_list("status").annotate(n=Count("pk")).order_by())
    here = reverse("console:orders")
    tabs = [Tab(_("All"), here, not chosen, sum(counts.values()))]
    tabs += [
        Tab(status.label, f"{here}?status={status.value}", chosen == status, counts.get(status, 0))
        for status in OrderStatus
    ]
    return tabs


@require_safe
@access(STAFF)
def search_index(request: SeatedRequest) -> HttpResponse:
    """Show whether the index is sound and how far behind it is."""
    engine = index()
    context = {
        "ready": engine.is_ready(),
        "generation": engine.generation(),
        "listed": Product.objects.filter(status=ProductStatus.LISTED).count(),
        "pending": Pending.objects.count(),
        "waits": reindex_waits(),
    }
    return render(request, "console/search.html", context)


@require_POST
@access(STAFF)
def rebuild(request: SeatedRequest) -> HttpResponse:
    """Let the worker build the index anew (a call, so that no request waits for it)."""
    if request_reindex(by=request.actor):
        messages.success(request, _("The index is being built anew. Searching goes on with the old one until then."))
    else:
        messages.info(request, _("The index is being built anew already."))
    return redirect("console:search")
