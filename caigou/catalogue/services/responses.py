"""How a supplier answers requests, as figures beside its name (F5). Who knows the requests tells them: negotiation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from caigou.catalogue.models import Supplier


@dataclass(frozen=True, slots=True)
class Response:
    """Over how many requests the figures were taken, which share was answered, and the median minutes to it.

    Without a request there are no figures: None is "not stated", never 0. Raises ``ValueError`` for a share beyond
    0 to 100, or figures of no request.
    """

    supplier_id: int
    inquiries_counted: int
    answered_percent: int | None = None
    answer_minutes: int | None = None

    def __post_init__(self) -> None:
        counted, percent = self.inquiries_counted, self.answered_percent
        if counted < 0 or (percent is not None and not (counted and 0 <= percent <= 100)):
            raise ValueError(f"{percent} % of {counted} requests")


_FIGURES = ("inquiries_counted", "answered_percent", "answer_minutes")


def record_responses(responses: Iterable[Response]) -> int:
    """Store the figures of these suppliers; return of how many they changed. Safe to repeat.

    One query finds what differs, so that thousands of suppliers of whom nothing is new cost nothing more.
    """
    told = {response.supplier_id: response for response in responses}
    changed = []
    for supplier in Supplier.objects.filter(pk__in=told).only("pk", *_FIGURES):
        fresh = {name: getattr(told[supplier.pk], name) for name in _FIGURES}
        if fresh != {name: getattr(supplier, name) for name in _FIGURES}:
            for name, value in fresh.items():
                setattr(supplier, name, value)
            changed.append(supplier)
    return Supplier.objects.bulk_update(changed, _FIGURES, batch_size=500)
