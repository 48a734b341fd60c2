"""How a supplier answers requests, as figures beside its name (F5). Who knows the requests tells them: negotiation."""

from __future__ import annotations

from caigou.catalogue.models import Supplier


def record_response(
    supplier_id: int, *, counted: int, answered_percent: int | None, answer_minutes: int | None
) -> bool:
    """Store over how many requests the figures were taken, which share was answered, and the median time to it.

    Without a request there are no figures: None is "not stated", never 0. Returns whether they changed; safe to repeat.
    Raises ``ValueError`` for a share beyond 0 to 100, or figures of no request.
    """
    if counted < 0 or (answered_percent is not None and not (counted and 0 <= answered_percent <= 100)):
        raise ValueError(f"{answered_percent} % of {counted} requests")
    figures = {
        "inquiries_counted": counted,
        "answered_percent": answered_percent,
        "answer_minutes": answer_minutes,
    }
    same = Supplier.objects.filter(pk=supplier_id, **figures)
    return bool(not same.exists() and Supplier.objects.filter(pk=supplier_id).update(**figures))
