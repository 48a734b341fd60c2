"""What ticks: each clock does every deadline of its kind that is due."""

from __future__ import annotations

from caigou.jobs.worker import Clock

CLOCKS: tuple[Clock, ...] = ()
