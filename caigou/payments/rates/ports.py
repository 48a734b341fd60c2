"""Where published rates come from. An adapter implements this; ``config`` names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol


class BadSheet(ValueError):
    """What came is no publication of rates; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One day's publication: what 1 EUR is worth in each currency."""

    day: date
    figures: Mapping[str, Decimal]


class Publisher(Protocol):
    """Who publishes reference rates on working days, with the euro as base."""

    #: Stored with each sheet; the pages know its words.
    name: str

    def bundled(self) -> Iterable[Sheet]:
        """Return the history that came with the installation, newest first; reads files only."""

    def fetch(self) -> Iterable[Sheet]:
        """Return the newest publications, over the network; outside any transaction.

        Raises ``OSError`` when nobody answers, ``BadSheet`` for an answer that can't be read.
        """

    def is_reachable(self) -> bool:
        """Say whether this installation is set to fetch at all."""
