"""Who does it: every service takes ``by: Actor`` and every query starts from what the actor may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["buyer", "supplier", "staff", "system"]
#: What only some of the platform's people may do: see and move money, or run the platform, which includes the first.
Right = Literal["finance", "owner"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person on a seat of a company, or the system itself.

    ``key`` is the prefix of the API key through which a program acts from the person's seat; ``rights`` is what one
    of the platform's people may do beyond what all of them may.
    """

    role: Role
    user_id: int | None = None
    company_id: int | None = None
    key: str | None = None
    rights: frozenset[Right] = frozenset()

    @property
    def is_staff(self) -> bool:
        return self.role == "staff"

    @property
    def is_system(self) -> bool:
        return self.role == "system"

    def may(self, right: Right) -> bool:
        """Say whether it is the system, or one of the platform's people with this right.

        >>> Actor("staff", 1).may("finance"), Actor("staff", 1, rights=frozenset({"finance"})).may("finance")
        (False, True)
        """
        return self.is_system or (self.is_staff and right in self.rights)

    def __str__(self) -> str:
        who = self.role if self.user_id is None else f"{self.role}:{self.user_id}"
        return who if self.key is None else f"{who}:key:{self.key}"


#: The platform's own clocks and repairs.
SYSTEM = Actor(role="system")
