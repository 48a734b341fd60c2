"""Figures for Prometheus: how quick the pages are, and what waits, is stuck or doesn't balance.

Every web process counts its requests into files below the run folder, which the one that is asked adds up; what the
database knows is asked at that moment. The address answers only whoever brings the token (``CAIGOU_METRICS_TOKEN``).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from caigou.accounts.access import SIGNED, access

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_own = CollectorRegistry()
_requests = Histogram(
    "caigou_request_seconds",
    "Time to answer, by route and status.",
    ["route", "status"],
    registry=_own,
    buckets=_BUCKETS,
)
#: Name, help, and the question whose one figure it is.
_ASKED = (
    ("caigou_deliveries_waiting", "Events that some handler has not heard yet.",
     "SELECT count(*) FROM jobs_delivery WHERE done_at IS NULL"),
    ("caigou_oldest_delivery_seconds", "Age of the oldest of them.",
     "SELECT coalesce(extract(epoch FROM now() - min(published_at)), 0) FROM jobs_delivery WHERE done_at IS NULL"),
    ("caigou_calls_waiting", "Calls to the outside that are not done.",
     "SELECT count(*) FROM jobs_call WHERE done_at IS NULL"),
    ("caigou_index_pending", "Changes that the search index does not hold yet.", "SELECT count(*) FROM search_pending"),
    ("caigou_products_listed", "Goods on sale.", "SELECT count(*) FROM catalogue_product WHERE status = 'listed'"),
    ("caigou_orders_open", "Orders that are neither completed nor cancelled.",
     "SELECT count(*) FROM orders_order WHERE status NOT IN ('completed', 'cancelled')"),
    ("caigou_database_bytes", "Size of the database.", "SELECT pg_database_size(current_database())"),
    ("caigou_books_findings_days", "Days since the books' daily check was last clean; -1: never.",
     "SELECT coalesce((now() AT TIME ZONE 'UTC')::date - max(day), -1) FROM ledger_booksreport WHERE balanced"),
    ("caigou_ledger_transfers", "Transfers in the ledger.", "SELECT count(*) FROM ledger.transfer"),
)  # fmt: skip


def observe(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count an answered request under the name of its route; addresses of nothing share one name."""
    match = request.resolver_match
    name = (match.view_name if match else "") or "none"
    _requests.labels(name, str(response.status_code)).observe(seconds)


class _Asked:
    """What the database knows, asked when somebody looks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with connection.cursor() as cursor:
            for name, words, question in _ASKED:
                cursor.execute(question)
                yield GaugeMetricFamily(name, words, value=float(cursor.fetchone()[0]))


@require_safe
@access(SIGNED)
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus; 404 for anybody without the token, and where none is set."""
    token: str = settings.CAIGOU_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode(errors="replace")
    if not token or not secrets.compare_digest(given, token.encode()):
        raise Http404
    registry: Any = _own
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    asked = CollectorRegistry()
    asked.register(_Asked())
    return HttpResponse(generate_latest(registry) + generate_latest(asked), content_type=CONTENT_TYPE_LATEST)
