"""What a service says when it refuses: one sentence that tells the reader how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A refusal by a rule of the domain, never a fault of the machine.

    ``message`` is a translated (or lazily translatable) sentence for the person who asked. ``fields``
    names the inputs at fault, so that a form or the API can put the sentence beside them.
    """

    code = "refused"

    def __init__(self, message: Any, *, code: str | None = None, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, Any] = dict(fields or {})
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return str(self.message)


class BadInput(DomainError):
    """A value that can't be taken; ``fields`` says which and what would be valid."""

    code = "bad_input"


class NotAllowed(DomainError):
    """This actor may not do this; the object itself is not at fault."""

    code = "not_allowed"


class ChangedMeanwhile(DomainError):
    """Somebody else changed it after this person had opened it; the two must not overwrite each other unseen."""

    code = "changed_meanwhile"


class IllegalMove(DomainError):
    """The object's life cycle has no arrow from where it is to where it was asked to go."""

    code = "illegal_move"
