"""The pages of inquiries and offers, as buyer and supplier see them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caigou.kernel import clock
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.negotiation.models import InquiryStatus, Offer, OfferStatus
from caigou.negotiation.services.answer import accept_offer, decline_offer
from caigou.orders.services.place import place_order
from tests.support.factories import (
    Party,
    make_address,
    make_buyer,
    make_deal,
    make_inquiry,
    make_open_offer,
    make_product,
    make_staff,
    make_supplier,
)

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


@pytest.fixture
def supplier() -> Party:
    return make_supplier()


@pytest.fixture
def offer(buyer: Party, supplier: Party) -> Offer:
    """¥12.10 × 240 = ¥2,904.00."""
    inquiry = make_inquiry(buyer, make_product(supplier))
    return make_open_offer(inquiry, supplier, unit_price=Money(12_10, "CNY"))


def page(client: Client, name: str, public_id: str, language: str = "en") -> str:
    client.cookies["django_language"] = language
    answer = client.get(reverse(f"web:{name}", args=[public_id]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_sides_read_the_conversation_in_both_languages(
    offer: Offer, buyer: Party, supplier: Party, language: str
) -> None:
    for party in (buyer, supplier, make_staff()):
        text = page(party.client(), "inquiry", offer.inquiry.public_id, language)
        assert "Blue, please." in text
        assert "含运费。" in text
        assert "¥2,904.00" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_opens_in_both_languages(offer: Offer, buyer: Party, supplier: Party, language: str) -> None:
    assert "¥2,904.00" in page(buyer.client(), "offer_accept", offer.public_id, language)
    assert "12.10" in page(supplier.client(), "offer_new", offer.inquiry.public_id, language)


def test_a_second_round_is_shown_beside_the_first(offer: Offer, buyer: Party, supplier: Party) -> None:
    make_open_offer(offer.inquiry, supplier, unit_price=Money(11_90, "CNY"))

    text = page(buyer.client(), "inquiry", offer.inquiry.public_id)

    assert "Offer 2 from Yiwu Qingyao Ceramics" in text
    assert re.search(r"<s><bdi[^>]*>¥12.10</bdi>", text)
    assert "Accept ¥2,856.00" in text


def test_accepting_asks_once_more_then_seals(offer: Offer, buyer: Party) -> None:
    client = buyer.client()
    assert "Accept ¥2,904.00" in page(client, "offer_accept", offer.public_id)

    answer = client.post(reverse("web:offer_accept", args=[offer.public_id]), {"expected": "290400"}, follow=True)

    offer.refresh_from_db()
    assert offer.status == OfferStatus.ACCEPTED
    text = answer.content.decode()
    assert "定" in text
    assert offer.sealed_hash[:8] in text
    assert reverse("web:order_new", args=[offer.public_id]) in text


def test_accepting_twice_is_told_and_changes_nothing(offer: Offer, buyer: Party) -> None:
    client, url = buyer.client(), reverse("web:offer_accept", args=[offer.public_id])
    client.post(url, {"expected": "290400"})
    offer.refresh_from_db()
    sealed = offer.sealed_hash

    answer = client.post(url, {"expected": "290400"}, follow=True)

    assert "You accepted this offer already" in answer.content.decode()
    offer.refresh_from_db()
    assert offer.sealed_hash == sealed


def test_an_offer_past_its_moment_is_expired_before_the_clock_comes_by(offer: Offer, buyer: Party) -> None:
    with clock.frozen(offer.valid_until + timedelta(seconds=1)):
        text = page(buyer.client(), "inquiry", offer.inquiry.public_id)
        answer = buyer.client().post(
            reverse("web:offer_accept", args=[offer.public_id]), {"expected": "290400"}, follow=True
        )

    assert "Expired" in text
    assert "Accept ¥" not in text
    assert "This offer has expired. Nothing was accepted" in answer.content.decode()
    offer.refresh_from_db()
    assert offer.status == OfferStatus.OPEN


def test_a_page_with_an_old_sum_accepts_nothing(offer: Offer, buyer: Party) -> None:
    answer = buyer.client().post(
        reverse("web:offer_accept", args=[offer.public_id]), {"expected": "290000"}, follow=True
    )

    assert "The offer is not the one that you saw" in answer.content.decode()
    offer.refresh_from_db()
    assert offer.status == OfferStatus.OPEN


def test_a_broken_accept_form_answers_422(offer: Offer, buyer: Party) -> None:
    answer = buyer.client().post(reverse("web:offer_accept", args=[offer.public_id]), {"expected": "much"})
    assert answer.status_code == 422


def test_declining_gives_the_move_back(offer: Offer, buyer: Party, supplier: Party) -> None:
    buyer.client().post(reverse("web:offer_decline", args=[offer.public_id]))

    offer.inquiry.refresh_from_db()
    assert offer.inquiry.status == InquiryStatus.OPEN
    assert "Make an offer" in page(supplier.client(), "inquiry", offer.inquiry.public_id)


def form_values(**changes: str) -> dict[str, str]:
    values = {
        "unit_price": "12.00",
        "quantity": "480",
        "moq": "240",
        "deliver_by": (now() + timedelta(days=20)).date().isoformat(),
        "valid_for": "72",
        "note": "可以再便宜一点",
    }
    return {**values, **changes}


def test_the_supplier_makes_an_offer(buyer: Party, supplier: Party) -> None:
    inquiry = make_inquiry(buyer, make_product(supplier), quantity=480)
    client = supplier.client()
    assert 'value="13.80"' in page(client, "offer_new", inquiry.public_id)  # the listed tier for 480

    answer = client.post(reverse("web:offer_new", args=[inquiry.public_id]), form_values())

    assert answer.status_code == 302
    made = inquiry.offers.get()
    assert (made.unit_price, made.quantity, made.moq) == (Money(12_00, "CNY"), 480, 240)
    assert made.note_language == "zh-hans"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("unit_price", "12,00", "Write the amount in plain digits"),
        ("unit_price", "12.001", "CNY has 2 digits"),
        ("unit_price", "0", "more than zero"),
        ("quantity", "500", "such as 504"),
        ("moq", "999", "between 1 and the quantity of 480"),
        ("deliver_by", "2020-01-01", "must be in the future"),
    ],
)
def test_a_refused_offer_keeps_what_was_typed(buyer: Party, supplier: Party, field: str, typed: str, said: str) -> None:
    inquiry = make_inquiry(buyer, make_product(supplier), quantity=480)

    answer = supplier.client().post(
        reverse("web:offer_new", args=[inquiry.public_id]), form_values(**{field: typed, "note": "我写了很久"})
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "我写了很久" in text
    assert f'value="{typed}"' in text
    assert not inquiry.offers.exists()


def test_the_supplier_takes_an_offer_back_and_declines(offer: Offer, supplier: Party) -> None:
    client = supplier.client()
    client.post(reverse("web:offer_withdraw", args=[offer.public_id]))
    offer.refresh_from_db()
    assert offer.status == OfferStatus.WITHDRAWN

    answer = client.post(reverse("web:inquiry_decline", args=[offer.inquiry.public_id]), follow=True)
    assert "The request is declined." in answer.content.decode()
    closed = client.get(reverse("web:offer_new", args=[offer.inquiry.public_id]), follow=True)
    assert "This request has ended" in closed.content.decode()


def test_an_accepted_offer_is_not_withdrawn_and_nobody_sees_a_500(supplier: Party) -> None:
    deal = make_deal(supplier=supplier)

    answer = supplier.client().post(reverse("web:offer_withdraw", args=[deal.offer.public_id]), follow=True)

    assert "things have moved on" in answer.content.decode()
    deal.offer.refresh_from_db()
    assert deal.offer.status == OfferStatus.ACCEPTED


def test_the_buyer_stops_asking(offer: Offer, buyer: Party) -> None:
    answer = buyer.client().post(reverse("web:inquiry_withdraw", args=[offer.inquiry.public_id]), follow=True)

    assert "The request is withdrawn." in answer.content.decode()
    offer.inquiry.refresh_from_db()
    assert offer.inquiry.status == InquiryStatus.WITHDRAWN


@pytest.mark.parametrize("name", ["inquiry", "inquiry_withdraw"])
def test_another_buyer_finds_nothing(offer: Offer, name: str) -> None:
    client, url = make_buyer("Somebody else").client(), reverse(f"web:{name}", args=[offer.inquiry.public_id])
    answer = client.get(url) if name == "inquiry" else client.post(url)
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["offer_accept", "offer_decline", "offer_withdraw"])
def test_other_companies_find_no_offer(offer: Offer, name: str) -> None:
    other = make_supplier("Another factory") if name == "offer_withdraw" else make_buyer("Somebody else")
    assert other.client().post(reverse(f"web:{name}", args=[offer.public_id])).status_code == 404


def test_the_wrong_role_is_turned_away(offer: Offer, buyer: Party, supplier: Party) -> None:
    assert supplier.client().post(reverse("web:offer_accept", args=[offer.public_id])).status_code == 403
    assert buyer.client().get(reverse("web:offer_new", args=[offer.inquiry.public_id])).status_code == 403
    assert buyer.client().post(reverse("web:inquiry_decline", args=[offer.inquiry.public_id])).status_code == 403


def test_the_list_puts_the_readers_move_first(buyer: Party, supplier: Party) -> None:
    product = make_product(supplier)
    answered = make_inquiry(buyer, product, quantity=480)
    make_open_offer(answered, supplier)
    make_inquiry(buyer, product, quantity=720)  # later, but the supplier's move

    text = buyer.client().get(reverse("web:inquiry_list")).content.decode()
    mine = buyer.client().get(reverse("web:inquiry_list") + "?show=mine").content.decode()

    assert text.index("480 pcs") < text.index("720 pcs")
    assert "480 pcs" in mine
    assert "720 pcs" not in mine


@pytest.mark.parametrize("role", ["buyer", "supplier"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_list_says_what_belongs_there(role: str, language: str) -> None:
    client = (make_buyer() if role == "buyer" else make_supplier()).client()
    client.cookies["django_language"] = language
    assert client.get(reverse("web:inquiry_list")).status_code == 200
    assert client.get(reverse("web:inquiry_list") + "?show=mine").status_code == 200


@pytest.mark.parametrize("role", ["buyer", "supplier"])
def test_the_list_asks_the_database_the_same_for_3_and_for_20(buyer: Party, supplier: Party, role: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    party = buyer if role == "buyer" else supplier
    client = party.client()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("web:inquiry_list")).status_code == 200
        return len(captured)

    for _ in range(3):
        make_open_offer(make_inquiry(buyer, make_product(supplier)), supplier)
    few = queries()
    for _ in range(17):
        make_open_offer(make_inquiry(buyer, make_product(supplier)), supplier)

    assert queries() == few


def test_the_conversation_follows_along_cheaply_and_stops_at_the_end(
    offer: Offer, buyer: Party, supplier: Party
) -> None:
    inquiry, client = offer.inquiry, buyer.client()
    part = ("inquiry", inquiry.public_id)
    address = reverse("web:inquiry", args=[inquiry.public_id])

    def seen() -> str:
        found = re.search(r'data-follow="inquiry\.(\w+) company" hx-get="\?seen=([\w-]+)"', page(client, *part))
        assert found
        assert found.group(1) == inquiry.public_id
        return found.group(2)

    first = seen()
    with CaptureQueriesContext(connection) as idle:
        assert client.get(address, {"seen": first}).status_code == 204
    assert len(idle) <= 6, "a page that asks again is cheap"
    assert 'id="deal-news"></p>' in page(client, *part), "nothing is read out that was there already"
    decline_offer(offer.pk, by=buyer.actor)
    make_open_offer(inquiry, supplier, unit_price=Money(11_90, "CNY"))
    news = client.get(address, {"seen": first})
    assert news.status_code == 200
    assert "¥11.90" in news.content.decode()
    assert 'id="deal-news"></p>' not in news.content.decode()
    assert seen() != first
    accepted = accept_offer(inquiry.offers.latest("round").pk, by=buyer.actor)
    before = seen()
    place_order(accepted.pk, quantity=accepted.quantity, address_id=make_address(buyer).pk, by=buyer.actor)
    assert client.get(address, {"seen": before}).status_code == 200
    assert "data-follow" not in page(client, *part), "it has ended: nothing follows"
