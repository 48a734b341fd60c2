"""The access matrix: every route × GET and POST × nine kinds of people × whose object it is (promise 6).

The routes come from the URL table.  What a role may open comes from the declared policy, what it may see of an
object from ``table.MAY_SEE``, which knows nothing of the code.  Whoever may not, gets no page, and no row changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, reverse

from caigou.accounts.access import Access
from caigou.accounts.middleware import policy_of
from caigou.config.checks import all_routes
from caigou.config.routes import FOREIGN_ROUTES
from tests.access.table import DEMO_ONLY, FORMS, HARMLESS, KEYED, MAY_BE_UNREADY, MAY_SEE, THINGS, UNSIGNED, Thing
from tests.support.world import SideName, Viewer, World, digest, writes

ROUTES = dict(all_routes())
NOBODYS = "zzzzzzzzzzzzzzzzzzzz"
#: Answers to somebody who is welcome: a page, a way on, nothing new, or a form to mend.
WELCOME = frozenset({200, 204, 302, 422})
NOT_ALLOWED = 405


@dataclass(frozen=True)
class Target:
    """What a route is asked for: an object of a side, one that isn't there, or no object at all."""

    url: str
    side: SideName | None = None
    thing: Thing | None = None
    exists: bool = True

    def __str__(self) -> str:
        if self.thing is None:
            return "no object"
        return f"{self.thing.kind} of {self.side}" if self.exists else "an id that nobody has"


def parameters(route: URLPattern) -> list[str]:
    return list(getattr(route.pattern, "converters", {})) + list(getattr(route.pattern, "regex", _NONE).groupindex)


class _NONE:
    groupindex: tuple[str, ...] = ()


def targets(name: str, world: World) -> Iterator[Target]:
    """Everything that a route can be asked for."""
    names = parameters(ROUTES[name])
    if not names:
        yield Target(reverse(name))
        return
    if name in KEYED:
        # Nobody gets as far as the object.
        yield Target(reverse(name, args=[THINGS[name][0].of(world.sides["own"])]), "own", THINGS[name][0])
        return
    for thing in THINGS[name]:
        for side, objects in world.sides.items():
            yield Target(reverse(name, args=[thing.of(objects)]), side, thing)
    yield Target(reverse(name, args=[NOBODYS]), "own", THINGS[name][0], exists=False)


def turned_away(policy: Access, viewer: Viewer) -> int | None:
    """The status by which the declared policy turns the viewer away; None when it lets the viewer in."""
    if policy.anonymous or policy.signed:
        return None
    if not viewer.signed_in:
        return 302
    if viewer.role is None:
        return None if policy.seatless else 302
    if policy.right is not None and policy.right not in viewer.rights:
        return 403
    return None if viewer.role in policy.roles else 403


def sees(viewer: Viewer, target: Target) -> bool:
    if target.thing is None:
        return True
    return target.exists and target.side is not None and viewer.relation_to(target.side) in MAY_SEE[target.thing.kind]


def form_for(name: str, world: World, target: Target) -> dict[str, Any]:
    if name in FORMS:
        return FORMS[name](world.sides[target.side or "own"])
    return dict(HARMLESS.get(name, {}))


def ask(viewer: Viewer, method: str, target: Target, form: dict[str, Any]) -> tuple[HttpResponseBase, bool]:
    """Send one request and take back what it did; returns the answer and whether any row had changed."""
    client = viewer.client()
    wrote, after = writes(), ""
    with transaction.atomic():
        answer = client.get(target.url) if method == "GET" else client.post(target.url, form)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        if writes() != wrote:
            after = digest()
        transaction.set_rollback(True)
    return answer, bool(after) and after != digest()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_route_gives_each_only_what_is_theirs(name: str, world: World, record_property: Any) -> None:
    policy = policy_of(ROUTES[name].callback, name)
    cells = acted = 0
    refuses: set[str] = set()
    for target in list(targets(name, world)):
        form_for(name, world, target)  # makes what the form names, before the rows are looked at
        for viewer in world.viewers:
            for method in ("GET", "POST"):
                answer, changed = ask(viewer, method, target, form_for(name, world, target))
                cells += 1
                cell = f"{viewer.name}: {method} {name} ({target}) → {answer.status_code}"
                away = turned_away(policy, viewer)
                if away is not None:
                    assert answer.status_code == away, cell
                    assert away != 302 or sent_to_the_door(viewer, answer), cell
                elif answer.status_code == NOT_ALLOWED:
                    refuses.add(method)
                elif name in UNSIGNED:
                    assert answer.status_code == UNSIGNED[name], cell
                elif name in DEMO_ONLY or not sees(viewer, target):
                    assert answer.status_code == 404, cell
                else:
                    assert answer.status_code in WELCOME | {MAY_BE_UNREADY.get(name, 200)}, cell
                    acted += method == "POST" and changed
                    continue_with = method == "POST" and (name in FORMS or name.startswith("account_"))
                    assert continue_with or not changed, f"{cell}: a row changed"
                    continue
                assert not changed, f"{cell}: a row changed although this may not be"
    assert len(refuses) < 2, "the route answers neither GET nor POST"
    assert_consistent(name, refuses, acted)
    record_property("cells", cells)


def assert_consistent(name: str, refuses: set[str], acted: int) -> None:
    """A form in the table that changes nothing for anybody would prove nothing about those who may not send it."""
    if "POST" in refuses:
        assert name not in FORMS, f"{name} takes no POST"
    elif name in FORMS:
        assert acted, f"the form for {name} changes nothing even for who may send it"


def sent_to_the_door(viewer: Viewer, answer: HttpResponseBase) -> bool:
    there = answer.headers["Location"]
    return there.startswith(reverse("account_login") if not viewer.signed_in else reverse("web:company_new"))


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_route_declares_its_access(name: str) -> None:
    assert isinstance(policy_of(ROUTES[name].callback, name), Access)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_route_with_an_object_says_whose_it_is(name: str) -> None:
    """Fails for a route with a parameter until ``table.THINGS`` says what object it opens."""
    assert bool(parameters(ROUTES[name])) == (name in THINGS)
    assert all(thing.kind in MAY_SEE for thing in THINGS.get(name, ()))


#: Whatever these answer to a POST is nothing new; what their forms do is tested above.
KNOWN = {*FORMS, *HARMLESS, *DEMO_ONLY, *(name for name in ROUTES if name.startswith("account_"))}


@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("name", sorted(ROUTES.keys() - KNOWN))
def test_a_route_that_takes_a_post_is_in_the_table(name: str, world: World) -> None:
    """Fails for a route that takes a POST until its form stands in ``table.FORMS`` (or says why it is harmless)."""
    target = next(targets(name, world))
    answers = {ask(viewer, "POST", target, {})[0].status_code for viewer in world.viewers}
    assert answers <= {302, 403, NOT_ALLOWED}, f"{name} takes a POST and is not in the table: {answers}"


def test_no_policy_waits_for_a_route_that_is_not_there() -> None:
    """An exemption that nobody uses is a door left open for the next route of that name."""
    assert set(FOREIGN_ROUTES) <= ROUTES.keys()


def test_the_table_names_no_route_that_is_gone() -> None:
    assert {*THINGS, *FORMS, *HARMLESS, *DEMO_ONLY, *UNSIGNED} <= ROUTES.keys()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_from_elsewhere_is_refused(name: str, world: World) -> None:
    """Every form carries the secret of its session; a POST without it changes nothing, whoever is signed in."""
    target = next(targets(name, world))
    for viewer in world.viewers:
        client = Client(enforce_csrf_checks=True)
        client.cookies = viewer.client().cookies
        form = form_for(name, world, target)  # may make what it names
        before = writes()
        answer = client.post(target.url, form)
        assert answer.status_code == 403, f"{viewer.name}: {name} → {answer.status_code}"
        assert writes() == before
