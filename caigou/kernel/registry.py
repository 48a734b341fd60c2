"""Questions that go up: a lower app asks, the apps above it answer, ``config`` says who.

An event tells afterwards; a registry answers now, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Registry(Generic[Answer]):
    """The answers to one question, in the order in which ``config`` registered them."""

    def __init__(self, question: str) -> None:
        self.question = question
        self._answers: dict[str, Answer] = {}

    def add(self, name: str, answer: Answer) -> None:
        """Register an answer; raises ``ValueError`` when the name is taken by another one."""
        if self._answers.get(name, answer) is not answer:
            raise ValueError(f"{self.question}: {name} is registered already")
        self._answers[name] = answer

    def __getitem__(self, name: str) -> Answer:
        return self._answers[name]

    def __iter__(self) -> Iterator[Answer]:
        return iter(self._answers.values())

    def names(self) -> list[str]:
        return list(self._answers)
