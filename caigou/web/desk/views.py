"""The supplier's desk, Chinese first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.orders.earnings import earnings
from caigou.web.desk.today import offers_out, running_orders, tasks_of


@require_safe
@access(SUPPLIER)
def desk(request: SeatedRequest) -> HttpResponse:
    """Show today's work by deadline, the money, and the orders in progress (F8, F12)."""
    tasks = tasks_of(request.actor)
    supplier = getattr(request.company, "supplier", None)
    request.nav_counts = {"tasks": len(tasks)}  # type: ignore[attr-defined]
    context = {
        "company": request.company,
        "supplier": supplier,
        "today": timezone.localdate(now()),
        "tasks": tasks,
        # Before the first product there is nothing to sell, so that is the step to take.
        "starting": not tasks and supplier is not None and not supplier.products.exists(),
        "offers": offers_out(request.actor),
        "earnings": earnings(request.company),
        "running": running_orders(request.actor),
    }
    return render(request, "web/desk/desk.html", context)
