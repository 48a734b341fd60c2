"""Each verb of a negotiation: what it does, what it refuses, and what of it is safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from caigou.catalogue.models import ProductStatus
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, DomainError, IllegalMove, NotAllowed
from caigou.kernel.money import Money
from caigou.negotiation.models import Inquiry, InquiryStatus, Offer, OfferStatus
from caigou.negotiation.sealing import canonical, seal_of
from caigou.negotiation.selectors import inquiries_for_list, waiting_inquiries
from caigou.negotiation.services.answer import (
    accept_offer,
    decline_inquiry,
    decline_offer,
    expire_offer,
    expire_offers,
    withdraw_inquiry,
)
from caigou.negotiation.services.ask import ask_for_offer
from caigou.negotiation.services.offer import make_offer, withdraw_offer
from caigou.negotiation.services.steps import OfferClosed
from tests.support.factories import (
    Party,
    make_buyer,
    make_inquiry,
    make_open_offer,
    make_product,
    make_supplier,
    terms_for,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


@pytest.fixture
def supplier() -> Party:
    return make_supplier()


@pytest.fixture
def inquiry(buyer: Party, supplier: Party) -> Inquiry:
    return make_inquiry(buyer, make_product(supplier), quantity=480)


@pytest.fixture
def offer(inquiry: Inquiry, supplier: Party) -> Offer:
    return make_open_offer(inquiry, supplier)


# --- Asking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("quantity", "valid"), [(0, 240), (239, 240), (250, 264)])
def test_asking_below_the_moq_or_off_the_multiple_names_the_next_valid_quantity(
    buyer: Party, supplier: Party, quantity: int, valid: int
) -> None:
    goods = make_product(supplier)
    with pytest.raises(BadInput) as refused:
        ask_for_offer(goods.pk, quantity=quantity, wish="", language="en", by=buyer.actor)
    assert refused.value.fields == {"quantity": valid}


def test_asking_for_more_than_there_is_in_the_world_is_refused(buyer: Party, supplier: Party) -> None:
    with pytest.raises(BadInput, match="at most"):
        make_inquiry(buyer, make_product(supplier), quantity=10**12)


def test_only_buyers_ask_and_only_for_listed_goods(buyer: Party, supplier: Party) -> None:
    goods = make_product(supplier)
    for by in (supplier.actor, SYSTEM, Actor(role="staff")):
        with pytest.raises(NotAllowed):
            ask_for_offer(goods.pk, quantity=240, wish="", language="en", by=by)
    goods.status = ProductStatus.WITHDRAWN
    goods.save()
    with pytest.raises(goods.__class__.DoesNotExist):
        ask_for_offer(goods.pk, quantity=240, wish="", language="en", by=buyer.actor)


# --- Offering -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("unit_price", {"unit_price": Money(0, "CNY")}),
        ("unit_price", {"unit_price": Money(-1, "CNY")}),
        ("unit_price", {"unit_price": Money(1, "USD")}),
        ("quantity", {"quantity": 481}),
        ("quantity", {"unit_price": Money(10**14, "CNY")}),
        ("moq", {"moq": 0}),
        ("moq", {"moq": 481}),
        ("deliver_by", {"deliver_by": now().date()}),
        ("valid_until", {"valid_until": now() - timedelta(seconds=1)}),
        ("valid_until", {"valid_until": now() + timedelta(days=91)}),
    ],
)
def test_terms_that_nobody_could_accept_are_refused_by_name(
    inquiry: Inquiry, supplier: Party, field: str, terms: dict[str, Any]
) -> None:
    with pytest.raises(BadInput) as refused:
        make_offer(inquiry.pk, terms_for(inquiry, **terms), by=supplier.actor)
    assert list(refused.value.fields) == [field]
    inquiry.refresh_from_db()
    assert inquiry.status == InquiryStatus.OPEN


def test_a_second_offer_replaces_the_open_one(offer: Offer, inquiry: Inquiry, supplier: Party) -> None:
    second = make_open_offer(inquiry, supplier)
    offer.refresh_from_db()
    assert (offer.status, second.round) == (OfferStatus.SUPERSEDED, 2)
    assert offer.ended_at is not None


def test_the_order_multiple_is_the_products(offer: Offer) -> None:
    assert offer.order_multiple == 24


# --- Accepting ----------------------------------------------------------------------------------------------------


def test_accepting_seals_terms_whose_hash_anyone_can_compute_again(offer: Offer, buyer: Party) -> None:
    sealed = accept_offer(offer.pk, expected_total=Money(5_808_00, "CNY"), by=buyer.actor)
    sealed.refresh_from_db()
    assert sealed.sealed_hash == seal_of(sealed.sealed_terms)
    assert sealed.sealed_terms["unit_price"] == "12.10"
    assert (sealed.sealed_terms["quantity"], sealed.sealed_terms["delivery"]) == (480, "included")
    assert canonical(sealed.sealed_terms) == canonical(dict(reversed(sealed.sealed_terms.items())))


def test_the_database_refuses_to_change_or_delete_what_is_sealed(offer: Offer, buyer: Party) -> None:
    accept_offer(offer.pk, by=buyer.actor)
    for change in ({"unit_price_minor": 1}, {"sealed_hash": "0" * 64}, {"status": "open"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).delete()


def test_accepting_again_returns_the_same_seal(offer: Offer, buyer: Party) -> None:
    first = accept_offer(offer.pk, by=buyer.actor).sealed_hash
    assert accept_offer(offer.pk, by=buyer.actor).sealed_hash == first


def test_an_offer_holds_to_the_last_moment_and_not_one_more(inquiry: Inquiry, supplier: Party, buyer: Party) -> None:
    late = make_open_offer(inquiry, supplier)
    with frozen(late.valid_until), pytest.raises(OfferClosed, match="expired"):
        accept_offer(late.pk, by=buyer.actor)
    with frozen(late.valid_until - timedelta(microseconds=1)):
        assert accept_offer(late.pk, by=buyer.actor).status == OfferStatus.ACCEPTED


@pytest.mark.parametrize("said", [Money(5_808_01, "CNY"), Money(5_808_00, "USD")])
def test_a_page_that_is_out_of_date_accepts_nothing(offer: Offer, buyer: Party, said: Money) -> None:
    with pytest.raises(OfferClosed):
        accept_offer(offer.pk, expected_total=said, by=buyer.actor)


def test_the_clock_lets_lapsed_offers_expire_once(offer: Offer, inquiry: Inquiry) -> None:
    assert not expire_offer(offer.pk)
    with frozen(offer.valid_until):
        assert expire_offers() == 1
        assert expire_offers() == 0
    offer.refresh_from_db()
    inquiry.refresh_from_db()
    assert (offer.status, inquiry.status) == (OfferStatus.EXPIRED, InquiryStatus.OPEN)


# --- The life cycle, every verb in every state --------------------------------------------------------------------

Verb = Callable[[Inquiry, Offer, Party, Party], object]

VERBS: dict[str, Verb] = {
    "accept": lambda inquiry, offer, buyer, supplier: accept_offer(offer.pk, by=buyer.actor),
    "decline": lambda inquiry, offer, buyer, supplier: decline_offer(offer.pk, by=buyer.actor),
    "withdraw": lambda inquiry, offer, buyer, supplier: withdraw_offer(offer.pk, by=supplier.actor),
    "offer": lambda inquiry, offer, buyer, supplier: make_open_offer(inquiry, supplier),
    "stop": lambda inquiry, offer, buyer, supplier: withdraw_inquiry(inquiry.pk, by=buyer.actor),
    "refuse": lambda inquiry, offer, buyer, supplier: decline_inquiry(inquiry.pk, by=supplier.actor),
}
ENDS = ("open", "accepted", "declined", "expired", "superseded", "withdrawn")
#: Where (inquiry, offer) are after a verb, by the state that the offer was in; what isn't here is refused.
AFTER = {
    ("accept", "open"): ("accepted", "accepted"),
    ("accept", "accepted"): ("accepted", "accepted"),
    ("decline", "open"): ("open", "declined"),
    ("decline", "declined"): ("open", "declined"),
    ("withdraw", "open"): ("open", "withdrawn"),
    ("withdraw", "withdrawn"): ("open", "withdrawn"),
    ("offer", "open"): ("offered", "superseded"),
    ("offer", "declined"): ("offered", "declined"),
    ("offer", "expired"): ("offered", "expired"),
    ("offer", "superseded"): ("offered", "superseded"),
    ("offer", "withdrawn"): ("offered", "withdrawn"),
    ("stop", "open"): ("withdrawn", "declined"),
    ("stop", "declined"): ("withdrawn", "declined"),
    ("stop", "expired"): ("withdrawn", "expired"),
    ("stop", "superseded"): ("withdrawn", "superseded"),
    ("stop", "withdrawn"): ("withdrawn", "withdrawn"),
    ("refuse", "open"): ("declined", "withdrawn"),
    ("refuse", "declined"): ("declined", "declined"),
    ("refuse", "expired"): ("declined", "expired"),
    ("refuse", "superseded"): ("declined", "superseded"),
    ("refuse", "withdrawn"): ("declined", "withdrawn"),
}


def bring(offer: Offer, state: str, inquiry: Inquiry, buyer: Party, supplier: Party) -> None:
    """Bring the first offer of the inquiry into a state by the verbs themselves."""
    if state == "expired":
        with frozen(offer.valid_until):
            expire_offer(offer.pk)
        return
    verb = {"accepted": "accept", "declined": "decline", "withdrawn": "withdraw", "superseded": "offer"}.get(state)
    if verb:
        VERBS[verb](inquiry, offer, buyer, supplier)


@pytest.mark.parametrize("case", list(product(VERBS, ENDS)), ids="-".join)
def test_every_verb_on_an_offer_in_every_state(
    inquiry: Inquiry, offer: Offer, buyer: Party, supplier: Party, case: tuple[str, str]
) -> None:
    verb, state = case
    bring(offer, state, inquiry, buyer, supplier)
    inquiry.refresh_from_db()
    before = inquiry.status
    expected = AFTER.get(case)
    if expected is None:
        with pytest.raises((IllegalMove, OfferClosed)):
            VERBS[verb](inquiry, offer, buyer, supplier)
        expected = (before, state)
    else:
        VERBS[verb](inquiry, offer, buyer, supplier)
    inquiry.refresh_from_db()
    offer.refresh_from_db()
    assert (inquiry.status, offer.status) == expected


@pytest.mark.parametrize("verb", list(VERBS))
def test_nobody_else_takes_part(inquiry: Inquiry, offer: Offer, verb: str) -> None:
    with pytest.raises(NotAllowed):
        VERBS[verb](inquiry, offer, make_buyer("Somebody else"), make_supplier("Another factory"))


@pytest.mark.parametrize("verb", list(VERBS))
def test_the_two_sides_do_not_act_for_each_other(
    inquiry: Inquiry, offer: Offer, buyer: Party, supplier: Party, verb: str
) -> None:
    with pytest.raises(DomainError) as refused:
        VERBS[verb](inquiry, offer, supplier, buyer)
    assert refused.value.code == "not_allowed"


# --- Reading ------------------------------------------------------------------------------------------------------


def test_for_whom_an_inquiry_waits(inquiry: Inquiry, buyer: Party, supplier: Party) -> None:
    assert [list(waiting_inquiries(party.actor)) for party in (buyer, supplier)] == [[], [inquiry]]
    offer = make_open_offer(inquiry, supplier)
    assert [list(waiting_inquiries(party.actor)) for party in (buyer, supplier)] == [[inquiry], []]
    with frozen(offer.valid_until):  # lapsed, though no clock came by
        assert [list(waiting_inquiries(party.actor)) for party in (buyer, supplier)] == [[], [inquiry]]


def test_what_waits_comes_first(inquiry: Inquiry, buyer: Party, supplier: Party) -> None:
    make_open_offer(inquiry, supplier)
    later = make_inquiry(buyer, inquiry.product)
    assert list(inquiries_for_list(buyer.actor)) == [inquiry, later]
    assert list(inquiries_for_list(supplier.actor)) == [later, inquiry]
    assert list(inquiries_for_list(buyer.actor, only_waiting=True)) == [inquiry]


def test_other_companies_see_neither_inquiry_nor_offer(inquiry: Inquiry, supplier: Party) -> None:
    make_open_offer(inquiry, supplier)
    for party in (make_buyer("Somebody else"), make_supplier("Another factory")):
        assert not Inquiry.objects.visible_to(party.actor).exists()
        assert not Offer.objects.visible_to(party.actor).exists()
