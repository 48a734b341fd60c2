"""Calls to the outside and other long work, by name."""

from __future__ import annotations

from caigou.jobs.calls import CallFunction

CALLS: dict[str, CallFunction] = {}
