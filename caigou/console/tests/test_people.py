"""The console's lists of companies, people, suppliers and goods, and what can be done there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caigou.accounts.models import Seat, User
from caigou.accounts.services.people import deactivate_person, take_seat
from caigou.accounts.services.seats import give_seat
from caigou.catalogue.models import Evidence, Product, Supplier
from caigou.files.tests import corpus
from caigou.jobs.calls import make_due
from caigou.kernel.actor import SYSTEM
from caigou.kernel.errors import BadInput, NotAllowed
from tests.support.factories import Party, make_buyer, make_product, make_staff, make_supplier

pytestmark = pytest.mark.django_db

LISTS = ("companies", "people", "suppliers", "goods")


@pytest.fixture
def staff() -> Party:
    return make_staff()


@pytest.fixture
def client(staff: Party) -> Client:
    return staff.client()


def shown(client: Client, route: str, *args: str, **asked: str) -> str:
    answer = client.get(reverse(f"console:{route}", args=args), asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("route", LISTS)
def test_each_list_opens_empty_and_full(route: str, language: str, staff: Party) -> None:
    client = staff.client(language)
    shown(client, route, q="nothing-like-that")
    make_product(make_supplier("Qingyao"))
    make_buyer("Nordlicht")
    shown(client, route)


@pytest.mark.parametrize("route", LISTS)
def test_a_list_asks_as_often_for_two_as_for_twenty(route: str, client: Client) -> None:
    counts = []
    for more in (2, 18):
        for turn in range(more):
            make_product(make_supplier(f"Kiln {more} {turn}"))
        with CaptureQueriesContext(connection) as queries:
            shown(client, route)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize("words", ["\0", "%", "_", "\\", "'", "x" * 5_000, "a " * 3_000, "\u202e"])
def test_any_words_may_be_looked_for(route: str, words: str, client: Client) -> None:
    make_product(make_supplier("Qingyao"))
    shown(client, route, q=words, page="-1", kind=words, status=words, show=words, supplier=words)


def test_lists_find_by_words_and_groups(client: Client) -> None:
    qingyao, lanyu = make_supplier("Qingyao"), make_supplier("Lanyu")
    make_product(qingyao, title_en="Blue mug")
    make_product(lanyu, title_en="Red bowl", status="withdrawn")

    assert "Lanyu" not in shown(client, "companies", q="qingyao")
    assert "Qingyao" not in shown(client, "companies", kind="buyer")
    assert "Kim Qingyao" in shown(client, "people", q="qingyao")
    assert "Kim Qingyao" not in shown(client, "people", show="out")
    assert "Qingyao" not in shown(client, "suppliers", show="verified")
    assert "Red bowl" not in shown(client, "goods", q="blue")
    assert "Blue mug" not in shown(client, "goods", status="withdrawn")
    assert "Red bowl" not in shown(client, "goods", supplier=qingyao.company.supplier.public_id)


# --- Seats --------------------------------------------------------------------------------------------------------


def test_a_seat_is_given_and_taken(client: Client) -> None:
    buyer = make_buyer("Nordlicht")
    company = buyer.company
    client.post(
        reverse("console:company", args=[company.public_id]),
        {"email": "New@Nordlicht.test", "name": "Ida", "language": "en"},
    )
    ida = User.objects.get(email="new@nordlicht.test")
    assert [seat.company for seat in ida.seats.all()] == [company]
    assert "Ida" in shown(client, "company", company.public_id)

    client.post(reverse("console:seat_take", args=[ida.public_id]), {"company": company.public_id})

    assert not ida.seats.exists()
    assert buyer.user.seats.exists()


def test_who_is_shut_out_is_out_at_the_next_click(client: Client) -> None:
    buyer = make_buyer()
    theirs = buyer.client()
    assert theirs.get(reverse("web:me")).status_code == 200
    switch = reverse("console:person_active", args=[buyer.user.public_id])

    client.post(switch, {"active": "no"})
    assert theirs.get(reverse("web:me")).status_code == 302
    assert "Shut out" in shown(client, "person", buyer.user.public_id)

    client.post(switch, {"active": "yes"})
    assert theirs.get(reverse("web:me")).status_code == 200


def test_nobody_shuts_out_themselves_or_the_last_of_the_house(staff: Party, client: Client) -> None:
    client.post(reverse("console:person_active", args=[staff.user.public_id]), {"active": "no"})
    client.post(reverse("console:seat_take", args=[staff.user.public_id]), {"company": staff.company.public_id})
    staff.user.refresh_from_db()
    assert staff.user.is_active
    assert staff.user.seats.exists()

    colleague = give_seat("colleague@example.test", staff.company, by=staff.actor).user
    deactivate_person(colleague.pk, by=staff.actor)
    other = replace(staff.actor, user_id=colleague.pk)
    with pytest.raises(BadInput):
        deactivate_person(staff.user.pk, by=other)
    with pytest.raises(BadInput):
        take_seat(staff.user.seats.get().pk, by=other)


def test_only_staff_touches_people() -> None:
    buyer, stranger = make_buyer("One"), make_supplier("Two")
    with pytest.raises(NotAllowed):
        deactivate_person(buyer.user.pk, by=stranger.actor)
    with pytest.raises(NotAllowed):
        give_seat("friend@example.test", buyer.company, by=buyer.actor)
    with pytest.raises(NotAllowed):
        take_seat(Seat.objects.get(user=buyer.user).pk, by=stranger.actor)


# --- Papers, profile, goods ---------------------------------------------------------------------------------------


def paper(**changes: Any) -> dict[str, Any]:
    values = {"kind": "licence", "number": "91330", "checked_by": "Mei", "checked_on": "2026-01-05"}
    return {**values, "expires_on": "2030-01-04", **changes}


def test_a_paper_is_recorded_with_its_picture_and_revoked(client: Client) -> None:
    supplier = make_supplier().company.supplier
    address = reverse("console:supplier", args=[supplier.public_id])
    upload = SimpleUploadedFile("licence.jpg", corpus.jpeg(corpus.drawn(400, 300)), "image/jpeg")

    assert client.post(address, paper(picture=upload)).status_code == 302

    supplier.refresh_from_db()
    evidence = Evidence.objects.get()
    assert supplier.qualification == "licence_checked"
    assert evidence.picture is not None
    assert evidence.picture.sha256 in client.get(address).content.decode()

    client.post(reverse("console:evidence_revoke", args=[evidence.public_id]))
    supplier.refresh_from_db()
    assert supplier.qualification == "none"
    assert "Revoked" in client.get(address).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        paper(kind="medal"),
        paper(expires_on="2020-01-01"),
        paper(expires_on="2026-02-30"),
        paper(checked_on="0000-00-00"),
        paper(picture=SimpleUploadedFile("a.jpg", b"<script>", "image/jpeg")),
    ],
)
def test_a_wrong_paper_is_said_on_the_page(wrong: dict[str, Any], client: Client) -> None:
    supplier = make_supplier().company.supplier
    answer = client.post(reverse("console:supplier", args=[supplier.public_id]), wrong)
    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_staff_changes_a_checked_name(client: Client) -> None:
    supplier = make_supplier().company.supplier
    client.post(reverse("console:supplier", args=[supplier.public_id]), paper())
    address = reverse("console:supplier_profile", args=[supplier.public_id])
    assert client.post(address, {"name_en": "Better Kiln", "kind": "factory", "country": "CN"}).status_code == 302
    assert Supplier.objects.get().company.name_en == "Better Kiln"


def test_staff_takes_goods_off_the_market_and_puts_them_back(client: Client) -> None:
    product = make_product()
    back = reverse("console:goods") + "?q=mug"
    answer = client.post(reverse("console:product_withdraw", args=[product.public_id]), {"next": back})
    assert answer["Location"] == back
    assert Product.objects.get().status == "withdrawn"
    answer = client.post(reverse("console:product_list", args=[product.public_id]), {"next": "//evil.example"})
    assert answer["Location"] == reverse("console:goods")
    assert Product.objects.get().status == "listed"


def test_the_console_names_companies_in_the_readers_language(client: Client) -> None:
    company = make_supplier("Qingyao").company
    supplier = Supplier.objects.get(company=company)
    client.cookies["django_language"] = "zh-hans"
    for route, one in (("company", company), ("supplier", supplier), ("supplier_profile", supplier)):
        seen = client.get(reverse(f"console:{route}", args=[one.public_id])).content.decode()
        crumbs = seen[seen.index('<nav class="crumbs"') :]
        assert "义乌青窑陶瓷" in crumbs[: crumbs.index("</nav>")]


def test_who_sits_at_a_company_hears_of_everybody_whom_the_platform_seats_beside_them(
    staff: Party, mailoutbox: list[EmailMessage]
) -> None:
    """A friend who is seated silently could spend the company's wallet (promise 19)."""
    buyer = make_buyer()
    give_seat("colleague@example.test", buyer.company, by=SYSTEM)
    page = reverse("console:company", args=[buyer.company.public_id])
    staff.client().post(page, {"email": "friend@example.test", "language": "en"})
    give_seat("friend@example.test", buyer.company, by=staff.actor)
    make_due()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(["colleague@example.test", buyer.user.email])
    assert "friend@example.test" in mailoutbox[0].body
    link = re.search(r"http\S+", str(mailoutbox[0].body))
    assert link is not None
    assert "Block all payments now" in Client().get(link[0]).content.decode()
