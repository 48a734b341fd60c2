"""The demonstration world: authored goods, people and histories, made through the services that everyone uses."""

from __future__ import annotations

from collections.abc import Callable

from caigou.demo.people import Person, people

__all__ = ["Person", "Progress", "build", "people"]

#: ``progress(done, total, what)`` is told of each step.
Progress = Callable[[int, int, str], object]


def build(progress: Progress) -> None:
    """Build the whole world in an empty database; see ``caigou.demo.build``."""
    from caigou.demo.build import build_world

    build_world(progress)
