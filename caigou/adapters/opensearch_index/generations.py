"""Which indexes there are: one a generation, and an alias that says which of them counts.

The alias moves and the old index goes in one step, so a reader sees the old one or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from caigou.adapters.opensearch_index import schema
from caigou.adapters.opensearch_index.server import Server
from caigou.search.ports import IndexNotReady


@dataclass(frozen=True, slots=True)
class Generation:
    """One built index. ``make`` names the code, the lexicon and the server's version that made it."""

    number: int
    make: str
    index: str


class Generations:
    """The indexes that share the name of one installation."""

    def __init__(self, server: Server) -> None:
        self._server = server
        #: What is searched: the alias.
        self.name = server.address.name

    def current(self) -> Generation | None:
        """Return the generation that counts, None when there is none that we made."""
        found = [_read(index, told) for index, told in self._server.mappings(self.name).items()]
        return max((one for one in found if one), key=lambda one: one.number, default=None)

    def fresh(self, *, make: str) -> Generation:
        """Make an empty index for the next generation; it doesn't count yet. What a killed rebuild left goes."""
        there = self._all()
        numbers = [int(index.rpartition("-g")[2]) for index in there if index.rpartition("-g")[2].isdigit()]
        number = max(numbers, default=0) + 1
        left = [index for index, aliases in there.items() if self.name not in aliases and index != self.name]
        self._server.act([{"remove_index": {"index": index}} for index in left])
        made = Generation(number, make, f"{self.name}-g{number:06d}")
        self._server.make(made.index, schema.build(make=make, generation=number))
        return made

    def switch(self, generation: Generation) -> None:
        """Let ``generation`` count from now on; all others go."""
        self._server.refresh(generation.index)
        others = [index for index in self._all() if index != generation.index]
        self._server.act(
            [
                {"add": {"index": generation.index, "alias": self.name}},
                *({"remove_index": {"index": index}} for index in others),
            ]
        )

    def drop(self, generation: Generation) -> None:
        """Remove a generation that failed to be built; a server that can't be told keeps it until the next rebuild."""
        with contextlib.suppress(IndexNotReady):
            self._server.act([{"remove_index": {"index": generation.index}}])

    def _all(self) -> dict[str, list[str]]:
        """Return all our indexes, each with its aliases; also one that has the alias's own name, made by a stranger."""
        found = self._server.aliases(f"{self.name}-g*,{self.name}")
        return {index: list(told["aliases"]) for index, told in found.items()}


def _read(index: str, mapping: dict[str, Any]) -> Generation | None:
    told = mapping.get("_meta", {})
    try:
        return Generation(int(told["generation"]), str(told["make"]), index)
    except (KeyError, TypeError, ValueError):
        return None
