"""Builds the demonstration world through services only: what it shows could all have been clicked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from caigou.accounts.current import actor_on
from caigou.accounts.models import CompanyKind, Seat, User
from caigou.accounts.services.addresses import save_address
from caigou.accounts.services.join import found_company
from caigou.catalogue.models import Supplier
from caigou.catalogue.services.imports import find_supplier, import_file, import_suppliers, load_own_categories
from caigou.demo.looks import keep_looks
from caigou.demo.people import PASSWORD, Person, people, read
from caigou.demo.rates import enter_rates
from caigou.demo.stories import tell
from caigou.demo.world import SUPPLIERS, goods_lines
from caigou.kernel.actor import SYSTEM, Actor

_KINDS = {"buyer": CompanyKind.BUYER, "supplier": CompanyKind.SUPPLIER, "staff": CompanyKind.OPERATOR}


def build_world(progress: Callable[[int, int, str], object]) -> None:
    """Make categories, suppliers, goods, people and their histories; ``progress(done, total, what)`` hears of it."""
    stories = read("stories.json")
    goods = goods_lines()
    total = 2 + len(goods) + len(people()) + len(stories)
    load_own_categories()
    progress(1, total, "Categories")
    for path in SUPPLIERS:
        import_suppliers(path)
    progress(2, total, "Suppliers")
    _import_goods(goods, lambda done: progress(2 + done, total, "Goods"))
    keep_looks()
    actors: dict[str, Actor] = {}
    password = make_password(PASSWORD)
    for done, person in enumerate(people(), start=3 + len(goods)):
        actors[person.key] = settle(person, password)
        progress(done, total, person.name)
    enter_rates(next(actor for actor in actors.values() if actor.is_staff))
    # Oldest first, so that statements read in the order of time.
    stories.sort(key=lambda story: -story["days_ago"])
    for done, story in enumerate(stories, start=3 + len(goods) + len(actors)):
        tell(story, actors)
        progress(done, total, story["key"])


def _import_goods(lines: list[str], progress: Callable[[int], object]) -> None:
    """Take all goods in as one file, so that the console shows one import; raises ``ValueError`` for a refused row."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.jsonl"
        file.write_text("\n".join(lines), encoding="utf-8")

        def after_a_batch(done: int, _total: int | None) -> None:
            progress(done)

        run = import_file(file, by=SYSTEM, progress=after_a_batch)
    refused = run.refused.first()
    if refused is not None:
        raise ValueError(f"the demonstration's goods, line {refused.line}: {refused.reason} {refused.raw[:200]}")


def settle(person: Person, password: str) -> Actor:
    """Give a demo person an account, a seat and addresses; ``password`` is hashed already, the same for all."""
    user = User.objects.create(email=person.email, name=person.name, language=person.language, password=password)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    seat = _seat(user, person)
    actor = actor_on(seat)
    for address in person.addresses:
        save_address(dict(address), by=actor)
    return actor


def _seat(user: User, person: Person) -> Seat:
    """A supplier's person sits at the company that the catalogue file brought; others found their own."""
    if person.supplier:
        supplier: Supplier | None = find_supplier(person.supplier)
        if supplier is None:
            raise LookupError(f"{person.key} works for {person.supplier}, which suppliers.jsonl doesn't have")
        return Seat.objects.create(user=user, company=supplier.company)
    found_company(
        user,
        kind=_KINDS[person.role],
        name_en=person.company_en,
        name_zh=person.company_zh,
        country=person.country,
    )
    return Seat.objects.select_related("company").get(user=user)
