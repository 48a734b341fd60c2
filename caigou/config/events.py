"""Who hears which event. One table, read at a glance."""

from __future__ import annotations

from caigou.jobs.outbox import Handler
from caigou.kernel.events import Event

HEARS: dict[type[Event], tuple[Handler, ...]] = {}
