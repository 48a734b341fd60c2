"""Who answers which question that goes up."""

from __future__ import annotations


def register_all() -> None:
    """Fill the registries; called once when all apps are loaded."""
