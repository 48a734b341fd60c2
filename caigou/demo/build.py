"""Builds the demonstration world through services only: what it shows could all have been clicked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from caigou.accounts.current import actor_on
from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.accounts.services.addresses import save_address
from caigou.accounts.services.join import found_company
from caigou.accounts.services.rights import set_right
from caigou.catalogue.models import Supplier
from caigou.catalogue.services.imports import find_supplier, import_file, import_suppliers, load_own_categories
from caigou.demo.banking import company_of, euro_statements, first_yuan_statement, open_bank, second_yuan_statement
from caigou.demo.looks import keep_looks
from caigou.demo.paying_out import booked, leave_payouts_open, pay_out_once
from caigou.demo.people import PASSWORD, Person, people, read
from caigou.demo.purse_things import charge_services, connect_programs, link_and_declare, open_case
from caigou.demo.rates import enter_rates
from caigou.demo.stories import tell
from caigou.demo.world import SUPPLIERS, goods_lines
from caigou.kernel.actor import SYSTEM, Actor

_KINDS = {"buyer": CompanyKind.BUYER, "supplier": CompanyKind.SUPPLIER, "staff": CompanyKind.OPERATOR}


def build_world(progress: Callable[[int, int, str], object]) -> None:
    """Make categories, suppliers, goods, people and their histories; ``progress(done, total, what)`` hears of it."""
    stories = read("stories.json")
    goods = goods_lines()
    total = 2 + len(goods) + len(people()) + len(stories) + 1
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
    _bank(actors)
    progress(total, total, "Bank")


def _bank(actors: dict[str, Actor]) -> None:
    """Bank transfers, payouts and what stands around the wallets, each in its states."""
    hannah, jonas, lanyu, mei = actors["hannah"], actors["jonas"], actors["lanyu"], actors["mei"]
    bank = open_bank(mei, actors["jingwen"])
    link_and_declare(jonas, hannah)
    euro_statements(bank, jonas)
    payout, account = pay_out_once(bank, lanyu)
    balance = first_yuan_statement(bank, booked(payout))
    second_yuan_statement(bank, balance, hannah)
    leave_payouts_open(bank, lanyu, account, actors["xingnang"])
    charge_services(jonas, by=mei)
    open_case(company_of(jonas), by=mei)
    connect_programs(jonas)


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
    """Seat a person where the company is there already, or let them found it."""
    standing = _company_of(person)
    if standing is not None:
        seat = Seat.objects.create(user=user, company=standing)
        if person.role == "staff":  # what moves money takes two people
            set_right(seat.pk, "finance", given=True, reason="The second person of finance.", by=SYSTEM)
        return Seat.objects.select_related("company").get(pk=seat.pk)
    found_company(
        user,
        kind=_KINDS[person.role],
        name_en=person.company_en,
        name_zh=person.company_zh,
        country=person.country,
    )
    return Seat.objects.select_related("company").get(user=user)


def _company_of(person: Person) -> Company | None:
    """The catalogue file brought a supplier's company; the operator, of whom there is one, the first of its people."""
    if person.supplier:
        supplier: Supplier | None = find_supplier(person.supplier)
        if supplier is None:
            raise LookupError(f"{person.key} works for {person.supplier}, which suppliers.jsonl doesn't have")
        return supplier.company
    return Company.objects.filter(kind=CompanyKind.OPERATOR).first() if person.role == "staff" else None
