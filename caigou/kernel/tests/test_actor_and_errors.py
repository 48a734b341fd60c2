"""Who acts, and what a refusal says."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext_lazy, override

from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import BadInput, DomainError, IllegalMove, NotAllowed


def test_only_staff_are_staff_and_only_the_system_is_the_system() -> None:
    roles = [Actor("buyer", 1, 2), Actor("supplier", 1, 2), Actor("staff", 1, 2), SYSTEM]
    assert [actor.is_staff for actor in roles] == [False, False, True, False]
    assert [actor.is_system for actor in roles] == [False, False, False, True]


def test_an_actor_is_named_without_personal_data() -> None:
    assert str(SYSTEM) == "system"
    assert str(Actor("buyer", user_id=7, company_id=9)) == "buyer:7"


def test_an_actor_is_not_changed_afterwards() -> None:
    with pytest.raises(AttributeError):
        SYSTEM.role = "staff"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DomainError("no"), "refused"),
        (BadInput("no"), "bad_input"),
        (NotAllowed("no"), "not_allowed"),
        (IllegalMove("no"), "illegal_move"),
        (DomainError("no", code="special"), "special"),
    ],
)
def test_a_refusal_has_a_code_for_programs(error: DomainError, code: str) -> None:
    assert error.code == code
    assert str(error) == "no"


def test_a_refusal_names_the_inputs_at_fault() -> None:
    assert BadInput("no", fields={"quantity": 24}).fields == {"quantity": 24}
    assert BadInput("no").fields == {}


def test_a_refusal_speaks_the_readers_language() -> None:
    """A lazy sentence is translated when it is read, not when it is raised."""
    error = DomainError(gettext_lazy("Password"))
    with override("en"):
        english = str(error)
    with override("zh-hans"):
        assert str(error) != english
