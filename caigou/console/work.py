"""Open work: what the worker has not done yet, and payments whose end is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.jobs.models import Call, Delivery
from caigou.jobs.retry import STUCK_AFTER
from caigou.payments.models import Recharge, RechargeStatus
from caigou.ui.states import state_of

#: Rows of each list; there are more only when something is badly wrong.
MOST = 100


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that the worker has not done yet."""

    what: str
    by: str
    attempts: int
    due_at: datetime
    error: str

    @property
    def stuck(self) -> bool:
        return self.attempts >= STUCK_AFTER


@require_safe
@access(STAFF)
def open_work(request: SeatedRequest) -> HttpResponse:
    """Show the jobs that failed, the most tried first, and the recharges that have not ended."""
    unended = Recharge.objects.filter(status__in=(RechargeStatus.STARTED, RechargeStatus.UNKNOWN))
    recharges = unended.select_related("company").order_by("started_at")[:MOST]
    context: dict[str, Any] = {
        "jobs": sorted([*_deliveries(), *_calls()], key=lambda job: -job.attempts),
        "recharges": [(recharge, state_of("recharge", recharge.status, "staff")) for recharge in recharges],
    }
    return render(request, "console/work.html", context)


def _deliveries() -> list[Job]:
    rows = Delivery.objects.filter(done_at=None, attempts__gte=1).order_by("-attempts", "pk")[:MOST]
    return [Job(row.event, row.handler, row.attempts, row.due_at, row.last_error) for row in rows]


def _calls() -> list[Job]:
    rows = Call.objects.filter(done_at=None, attempts__gte=1).order_by("-attempts", "pk")[:MOST]
    return [Job(row.function, row.key, row.attempts, row.due_at, row.last_error) for row in rows]
