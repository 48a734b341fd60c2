"""Who gets a ticket, for what, and which tickets are believed."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signing import dumps
from django.test import Client
from django.urls import reverse

from caigou.accounts.models import Seat
from caigou.catalogue.models import ImportRun
from caigou.jobs.changes import topic
from caigou.kernel import clock
from caigou.kernel.clock import now
from caigou.live import tickets
from tests.support.factories import Deal, Party, make_buyer, make_deal, make_staff, make_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal() -> Deal:
    return make_deal()


def asked(client: Client, *words: str) -> tuple[int, set[str]]:
    """The status, and what the ticket follows."""
    answer = client.get(reverse("live:ticket"), {"on": words})
    if answer.status_code != 200:
        return answer.status_code, set()
    return 200, set(opened(client, answer.json()["stream"]).words.values())


def opened(client: Client, address: str) -> tickets.Ticket:
    written = parse_qs(urlsplit(address).query)["ticket"][0]
    return tickets.read(written, session_key=client.session.session_key or "")


def test_only_what_one_may_see_can_be_followed(deal: Deal) -> None:
    order = deal.place_paid()
    run = ImportRun.objects.create(file_name="goods.csv", sha256="0" * 64, supplier=deal.product.supplier)
    words = {f"order.{order.public_id}", f"inquiry.{deal.offer.inquiry.public_id}", f"import.{run.public_id}"}
    for party, seen in (
        (deal.buyer, words - {f"import.{run.public_id}"}),
        (deal.supplier, words),
        (make_staff(), words),
        (make_buyer("Somebody else"), set()),
        (make_supplier("Another one"), set()),
    ):
        client = party.client()
        assert asked(client, *words) == ((200, seen) if seen else (404, set())), party
        assert asked(client, "company", *words) == (200, seen | {"company"})
        assert asked(client, "user.1", "order.", "", "order.zzz") == (404, set())
    assert asked(Client(), *words)[0] == 302


def test_everybody_hears_of_their_own_company_only(deal: Deal) -> None:
    for party in (deal.buyer, deal.supplier):
        client = party.client()
        address = client.get(reverse("live:ticket"), {"on": "company"}).json()["stream"]
        assert set(opened(client, address).words) == {topic("company", party.company.pk)}
        assert not re.search(rf"\b{party.company.pk}\b", str(dict(opened(client, address).words)))


def test_who_loses_the_seat_gets_no_other_ticket_and_the_last_one_ends_within_a_minute(deal: Deal) -> None:
    client = deal.buyer.client()
    address = client.get(reverse("live:ticket"), {"on": "company"}).json()["stream"]
    assert now().timestamp() < opened(client, address).until <= now().timestamp() + 60
    Seat.objects.filter(user=deal.buyer.user).delete()
    assert asked(client, "company")[0] == 302
    with clock.frozen(now() + timedelta(seconds=61)), pytest.raises(tickets.TicketRefused, match="old"):
        opened(client, address)


def test_a_forged_ticket_and_one_of_another_browser_are_refused() -> None:
    written = tickets.issue({"t": "company"}, user_id=7, session_key="hannah")
    assert tickets.read(written, session_key="hannah").words == {"t": "company"}
    forged = (written[:-1] + ("a" if written[-1] != "a" else "b"), dumps({"words": {}}, salt="another"), "", "x:y:z")
    for ticket in forged:
        with pytest.raises(tickets.TicketRefused, match="signed"):
            tickets.read(ticket, session_key="hannah")
    for key in ("jonas", ""):
        with pytest.raises(tickets.TicketRefused, match="browser"):
            tickets.read(written, session_key=key)


def test_the_menu_counts_again_for_a_page_that_follows(deal: Deal) -> None:
    deal.place_shipped()
    party: Party
    for party, orders in ((deal.buyer, 1), (deal.supplier, 0), (make_buyer("Somebody else"), 0)):
        client = party.client()
        assert client.get(reverse("web:waiting")).json() == {"inquiries": 0, "orders": orders}
        menu = client.get(reverse("web:order_list")).content.decode()
        assert menu.count(f'data-count="orders"{"" if orders else " hidden"}>{orders or ""}<') == 2
