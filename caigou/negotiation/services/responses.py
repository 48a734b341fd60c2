"""Count how suppliers answer requests, and tell the catalogue, which shows it beside their names (F5).

Answered is a request that got an offer or was declined. Counted are the requests of the last 90 days that were answered
or have waited for two days: one that came this morning is neither answered nor ignored.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from caigou.catalogue.services.responses import Response, record_responses
from caigou.jobs.seldom import is_turn
from caigou.kernel.clock import now

WINDOW = timedelta(days=90)
PATIENCE = timedelta(hours=48)
#: Seconds between two counts; the figures are of weeks.
EVERY = 3600
_DONE = "negotiation.responses"

_FIGURES = """
    WITH asked AS (
        SELECT inquiry.seller_id, inquiry.asked_at, inquiry.status,
               (SELECT min(made_at) FROM negotiation_offer AS offer WHERE offer.inquiry_id = inquiry.id) AS offered_at
        FROM negotiation_inquiry AS inquiry
        WHERE inquiry.asked_at >= %(since)s
    ), counted AS (
        SELECT seller_id, offered_at IS NOT NULL OR status = 'declined' AS answered,
               extract(epoch FROM offered_at - asked_at) / 60 AS minutes
        FROM asked
        WHERE offered_at IS NOT NULL OR status = 'declined' OR (status <> 'withdrawn' AND asked_at <= %(waited)s)
    )
    SELECT supplier.id, count(counted.seller_id),
           100 * count(*) FILTER (WHERE counted.answered) / nullif(count(counted.seller_id), 0),
           percentile_disc(0.5) WITHIN GROUP (ORDER BY counted.minutes)
    FROM catalogue_supplier AS supplier LEFT JOIN counted ON counted.seller_id = supplier.company_id
    GROUP BY supplier.id
    HAVING count(counted.seller_id) > 0 OR max(supplier.inquiries_counted) > 0
"""


def figure_responses() -> int:
    """Count for every supplier that was asked in the window, or has figures from before; return how many changed."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"since": at - WINDOW, "waited": at - PATIENCE})
        rows = cursor.fetchall()
    return record_responses(
        Response(supplier_id, counted, percent if counted else None, None if minutes is None else max(1, int(minutes)))
        for supplier_id, counted, percent, minutes in rows
    )


def figure_responses_hourly() -> int:
    """Clock: count once an hour, whichever worker comes first."""
    return figure_responses() if is_turn(_DONE, EVERY) else 0
