"""Two at once: separate processes, real commits. An offer is answered once, and sealed terms are one story."""

from __future__ import annotations

import pytest

from caigou.ledger.tests.racers import race
from caigou.negotiation.models import InquiryEvent, Offer, OfferStatus
from caigou.negotiation.tests import racers
from tests.support.factories import Party, make_buyer, make_inquiry, make_open_offer, make_product, make_supplier

pytestmark = [pytest.mark.commits, pytest.mark.slow]

TRIALS = 10


@pytest.fixture
def parties(own_database: str) -> tuple[Party, Party]:
    return make_buyer(), make_supplier()


def offers(buyer: Party, supplier: Party) -> list[Offer]:
    product = make_product(supplier)
    return [make_open_offer(make_inquiry(buyer, product), supplier) for _ in range(TRIALS)]


@pytest.fixture
def rivals(parties: tuple[Party, Party]) -> list[Offer]:
    return offers(*parties)


def status(offer: Offer) -> str:
    offer.refresh_from_db()
    return offer.status


def test_two_accepts_at_once_seal_once(rivals: list[Offer], parties: tuple[Party, Party]) -> None:
    trials = [(offer.pk, parties[0].actor) for offer in rivals]

    one, other = race([(racers.accept, trials), (racers.accept, trials)])

    assert one == other == ["ok"] * TRIALS
    for offer in rivals:
        assert status(offer) == OfferStatus.ACCEPTED
        assert InquiryEvent.objects.filter(offer=offer, what="offer_accepted").count() == 1


@pytest.mark.parametrize("verb", ["withdraw", "decline"])
def test_an_offer_accepted_and_taken_away_at_once_has_one_end(
    rivals: list[Offer], parties: tuple[Party, Party], verb: str
) -> None:
    buyer, supplier = parties
    by = supplier if verb == "withdraw" else buyer
    accepting = [(offer.pk, buyer.actor) for offer in rivals]
    ending = [(offer.pk, by.actor) for offer in rivals]

    accepted, ended = race([(racers.accept, accepting), (getattr(racers, verb), ending)])

    for offer, yes, no in zip(rivals, accepted, ended, strict=True):
        assert [yes, no].count("ok") == 1
        expected = OfferStatus.ACCEPTED if yes == "ok" else {"withdraw": "withdrawn", "decline": "declined"}[verb]
        assert status(offer) == expected


def test_an_offer_accepted_while_it_is_replaced_is_never_both(
    rivals: list[Offer], parties: tuple[Party, Party]
) -> None:
    buyer, supplier = parties
    accepting = [(offer.pk, buyer.actor) for offer in rivals]
    replacing = [(offer.inquiry_id, supplier.actor) for offer in rivals]

    accepted, replaced = race([(racers.accept, accepting), (racers.replace, replacing)])

    for offer, yes, new in zip(rivals, accepted, replaced, strict=True):
        assert [yes, new].count("ok") == 1
        assert status(offer) == (OfferStatus.ACCEPTED if yes == "ok" else OfferStatus.SUPERSEDED)
        assert offer.inquiry.offers.filter(status=OfferStatus.OPEN).count() == (new == "ok")
