"""Companies with keys and sessions, and an accepted offer for each sequence: made before anybody is forked."""

from __future__ import annotations

from dataclasses import dataclass

from prove.over_http.plan import BUYERS, SUPPLIERS, life


@dataclass(frozen=True, slots=True)
class Member:
    """A company with what its programs and its person bring along."""

    company: str
    secret: str
    session: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """``offers`` has the public id of each sequence's accepted offer."""

    buyers: list[Member]
    suppliers: list[Member]
    offers: list[str]


def make_world(seed: int, sequences: int) -> World:
    """Open the companies, and walk each sequence from the inquiry to the accepted offer."""
    from django.conf import settings
    from django.db import connections

    from caigou.house.services import change_setting
    from caigou.integrations.scopes import scopes_for
    from caigou.integrations.services.keys import make_key
    from caigou.integrations.settings import REQUESTS_A_MINUTE
    from caigou.kernel.actor import SYSTEM
    from caigou.kernel.money import Money
    from caigou.negotiation.services.answer import accept_offer
    from caigou.wallets.settings import FUNDS_LIMIT
    from tests.support import factories

    change_setting(REQUESTS_A_MINUTE, "100000", reason="a proof asks much", by=SYSTEM)
    change_setting(FUNDS_LIMIT, "100000000", reason="a proof recharges much", by=SYSTEM)

    def member(party: factories.Party, address: str = "") -> Member:
        _key, secret = make_key("proof", scopes_for(party.actor.role), by=party.actor)
        session = party.client().cookies[settings.SESSION_COOKIE_NAME].value
        return Member(party.company.public_id, secret, session, address)

    buyers = [factories.make_buyer(f"Buyer {number}") for number in range(BUYERS)]
    suppliers = [factories.make_supplier(f"Supplier {number}") for number in range(SUPPLIERS)]
    products = [factories.make_product(supplier, moq=1, order_multiple=1) for supplier in suppliers]
    offers = []
    for number in range(sequences):
        of = life(seed, number)
        inquiry = factories.make_inquiry(buyers[of.buyer], products[of.supplier], quantity=of.quantity)
        offer = factories.make_open_offer(inquiry, suppliers[of.supplier], unit_price=Money(of.unit_minor, "CNY"))
        offers.append(accept_offer(offer.pk, by=buyers[of.buyer].actor).public_id)
    made = World(
        [member(buyer, factories.make_address(buyer).public_id) for buyer in buyers],
        [member(supplier) for supplier in suppliers],
        offers,
    )
    connections.close_all()
    return made
