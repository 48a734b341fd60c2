"""Rights of the platform's people: who sees money, who gives rights, and that somebody always can."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from caigou.accounts.current import actor_on
from caigou.accounts.models import RightChange, Seat
from caigou.accounts.services.people import deactivate_person, take_seat
from caigou.accounts.services.rights import COOLING_OFF, answer_rights, set_right
from caigou.accounts.services.seats import ensure_operator, give_seat
from caigou.jobs.calls import make_due
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.notices.models import KeptMail
from tests.support.factories import Party, make_buyer, make_staff
from tests.support.world import without_rights

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Party:
    return make_staff()


@pytest.fixture
def clerk(owner: Party) -> Party:
    return without_rights(owner)


def seat_of(party: Party) -> Seat:
    return party.user.seats.get()


def press(by: Party, whom: Party, **form: str) -> int:
    return by.client().post(reverse("console:person_right", args=[whom.user.public_id]), form).status_code


def opens(party: Party, route: str) -> int:
    return party.client().get(reverse(route)).status_code


def test_the_first_person_of_the_platform_is_its_owner_and_the_next_are_not() -> None:
    operator = ensure_operator("Caigou", "CN")
    first, second = (give_seat(f"{name}@example.test", operator, by=SYSTEM) for name in ("one", "two"))
    assert first.rights == {"owner", "finance"}
    assert second.rights == set()
    assert [str(change) for change in RightChange.objects.all()] == ["one@example.test +owner"]


def test_money_is_shown_to_finance_only_and_the_menu_says_so(owner: Party, clerk: Party) -> None:
    money = "/console/payouts/"
    for party, status in ((owner, 200), (clerk, 403)):
        assert opens(party, "console:payouts") == status
        assert (money in party.client().get(reverse("console:goods")).content.decode()) is (status == 200)
    assert press(owner, clerk, right="finance", given="yes", reason="Keeps the books.") == 302
    assert opens(clerk, "console:payouts") == 403, "it cools off: nobody else could agree"
    with frozen(now() + COOLING_OFF):
        assert seat_of(clerk).rights == {"finance"}
    Seat.objects.filter(user=clerk.user).update(rights_from=None)
    assert opens(clerk, "console:payouts") == 200
    assert press(owner, clerk, right="finance", given="no", reason="Moved to sourcing.") == 302
    assert opens(clerk, "console:payouts") == 403
    page = owner.client().get(reverse("console:person", args=[clerk.user.public_id])).content.decode()
    assert "Keeps the books." in page
    assert "Moved to sourcing." in page


def test_finance_gives_no_rights(owner: Party, clerk: Party) -> None:
    set_right(seat_of(clerk).pk, "finance", given=True, reason="Keeps the books.", by=SYSTEM)
    assert press(clerk, clerk, right="owner", given="yes", reason="Why not.") == 403
    finance = Actor("staff", clerk.user.pk, clerk.company.pk, rights=frozenset({"finance"}))
    for act in (
        lambda: set_right(seat_of(clerk).pk, "owner", given=True, reason="Why not.", by=finance),
        lambda: give_seat("friend@example.test", clerk.company, by=finance),
        lambda: deactivate_person(owner.user.pk, by=finance),
        lambda: take_seat(seat_of(owner).pk, by=finance),
    ):
        with pytest.raises(NotAllowed, match="owner"):
            act()


def test_somebody_always_owns_the_platform(owner: Party, clerk: Party) -> None:
    by_clerk = replace(owner.actor, user_id=clerk.user.pk)
    for act in (
        lambda: set_right(seat_of(owner).pk, "owner", given=False, reason="Enough.", by=owner.actor),
        lambda: deactivate_person(owner.user.pk, by=by_clerk),
        lambda: take_seat(seat_of(owner).pk, by=by_clerk),
    ):
        with pytest.raises(BadInput, match="last owner"):
            act()
    set_right(seat_of(clerk).pk, "owner", given=True, reason="A second one.", by=owner.actor)
    with pytest.raises(BadInput, match="last owner"):
        take_seat(seat_of(owner).pk, by=by_clerk)
    Seat.objects.filter(user=clerk.user).update(rights_from=None)
    take_seat(seat_of(owner).pk, by=by_clerk)
    assert [(str(one.right), one.given) for one in owner.user.right_changes.all()] == [
        ("owner", False),
        ("owner", True),
    ]


def test_a_right_needs_a_reason_and_a_seat_of_the_platform(owner: Party, clerk: Party) -> None:
    buyer = make_buyer()
    for seat, right, reason in ((buyer, "finance", "Good."), (clerk, "god", "Good."), (clerk, "finance", " ")):
        with pytest.raises(BadInput):
            set_right(seat_of(seat).pk, right, given=True, reason=reason, by=owner.actor)
    Seat.objects.filter(pk=seat_of(buyer).pk).update(finance=True, owner=True)
    assert seat_of(buyer).rights == set()
    assert Client().post(reverse("console:person_right", args=[clerk.user.public_id])).status_code == 302


def test_the_history_of_rights_is_never_changed(owner: Party) -> None:
    for change in (RightChange.objects.update, RightChange.objects.all().delete):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            change(**({"reason": "Another."} if change == RightChange.objects.update else {}))


def test_nobody_makes_two_people_of_themselves(owner: Party, clerk: Party) -> None:
    third, keeper = without_rights(owner), without_rights(owner)
    set_right(seat_of(keeper).pk, "finance", given=True, reason="Keeps the books.", by=SYSTEM)
    mine = seat_of(clerk).pk
    assert press(owner, clerk, right="owner", given="yes", reason="My other address.") == 302
    assert seat_of(clerk).rights == set()
    with frozen(now() + 10 * COOLING_OFF):
        assert seat_of(clerk).rights == set(), "somebody could agree, so time alone doesn't"
    for by in (owner.actor, replace(owner.actor, user_id=clerk.user.pk), third.actor):
        with pytest.raises(NotAllowed, match="second person of finance"):
            answer_rights(mine, agree=True, by=by)
    with pytest.raises(NotAllowed):
        set_right(seat_of(third).pk, "finance", given=True, reason="A third one.", by=actor_on(seat_of(clerk)))
    page = keeper.client().get(reverse("console:person", args=[clerk.user.public_id])).content.decode()
    assert "another person of finance has to agree" in page
    assert answered(keeper, clerk, "agree") == 302
    assert seat_of(clerk).rights == {"owner", "finance"}
    with pytest.raises(BadInput):
        answer_rights(mine, agree=True, by=actor_on(seat_of(keeper)))


def test_a_second_person_refuses_and_mail_to_finance_says_so(owner: Party, clerk: Party) -> None:
    keeper = without_rights(owner)
    set_right(seat_of(keeper).pk, "finance", given=True, reason="Keeps the books.", by=SYSTEM)
    press(owner, clerk, right="finance", given="yes", reason="My other address.")
    assert answered(keeper, clerk, "refuse") == 302
    assert (seat_of(clerk).finance, seat_of(clerk).rights_wait) == (False, False)
    make_due()
    told = {(one.to, one.subject) for one in KeptMail.objects.all()}
    given, taken = "A right at the platform was given", "A right at the platform was taken"
    assert told >= {(one.user.email, words) for one in (owner, keeper, clerk) for words in (given, taken)}
    assert "My other address." in KeptMail.objects.reverse()[0].body


def answered(by: Party, whom: Party, answer: str) -> int:
    address = reverse("console:person_right_answer", args=[whom.user.public_id])
    return by.client().post(address, {"answer": answer}).status_code
