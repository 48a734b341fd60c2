"""Around the wallets of the demonstration: linked accounts, what is declared, a case; keys and an endpoint."""

from __future__ import annotations

from caigou.accounts.models import Company
from caigou.demo.banking import company_of
from caigou.demo.days import days_ago
from caigou.integrations.services.endpoints import add_endpoint
from caigou.integrations.services.keys import make_key, revoke_key
from caigou.kernel.actor import Actor
from caigou.kernel.money import parse_money
from caigou.wallets.models import CaseReason, FundsSource, InstrumentKind, ServiceKind
from caigou.wallets.services.authorise import authorise
from caigou.wallets.services.charge import charge_service
from caigou.wallets.services.compensate import propose_case
from caigou.wallets.services.funds import declare_funds
from caigou.wallets.services.instruments import link_instrument


def link_and_declare(buyer: Actor, other: Actor) -> None:
    """One account whose name matches and one that staff have to review; what is declared and authorised."""
    company = company_of(buyer)
    with days_ago(50):
        link_instrument(
            company,
            kind=InstrumentKind.BANK,
            holder="Nordlicht Handel GmbH",
            institution="Demonstrationsbank Hamburg",
            country="DE",
            number="DE93990010100163115000",
            by=buyer,
        )
        declare_funds(company, source=FundsSource.TRADE, words="", by=buyer)
    with days_ago(20):
        each, month = parse_money("2000.00", "CNY"), parse_money("8000.00", "CNY")
        authorise(company, service=ServiceKind.LOGISTICS, each=each, month=month, by=buyer)
    with days_ago(1):
        link_instrument(
            company_of(other),
            kind=InstrumentKind.BANK,
            holder="Ironbark Holdings Trust",
            institution="Demonstration Bank Melbourne",
            country="AU",
            number="063000 12345678",
            by=other,
        )


def charge_services(buyer: Actor, by: Actor) -> None:
    """An agent's fee that the wallet paid, and a freight in a currency of which it has none, so that it waits."""
    company = company_of(buyer)
    with days_ago(3):
        each, month = parse_money("1000.00", "EUR"), parse_money("3000.00", "EUR")
        agents = authorise(company, service=ServiceKind.AGENT, each=each, month=month, by=buyer)
        each, month = parse_money("900.00", "USD"), parse_money("2500.00", "USD")
        freight = authorise(company, service=ServiceKind.LOGISTICS, each=each, month=month, by=buyer)
    with days_ago(2):
        fee, told = parse_money("640.00", "EUR"), parse_money("600.00", "EUR")
        words = "Agent's fee: three umbrella factories visited and compared"
        charge_service(agents, fee, words=words, told=told, once="demo-agent", by=by)
    with days_ago(0.8):
        fare, told = parse_money("780.00", "USD"), parse_money("720.00", "USD")
        words = "Sea freight Ningbo to Hamburg, 4.2 m³, with insurance"
        charge_service(freight, fare, words=words, told=told, once="demo-freight", by=by)


def open_case(against: Company, by: Actor) -> None:
    """A case that a second person has to decide; no money has moved."""
    with days_ago(0.6):
        propose_case(
            against,
            parse_money("120.00", "EUR"),
            reason=CaseReason.THIRD_PARTY,
            words="A shop in Lübeck shows photographs of its own that were used in the listing's leaflet.",
            by=by,
        )


def connect_programs(buyer: Actor) -> None:
    """Two keys, one of them revoked, whose secrets nobody has kept; an endpoint at a name that nobody answers to."""
    with days_ago(60):
        old, _secret = make_key("Webshop (old)", ["read:orders"], by=buyer)
    with days_ago(33):
        make_key("ERP in Hamburg", ["read:orders", "write:orders", "read:wallet"], by=buyer)
        revoke_key(old.pk, by=buyer)
    with days_ago(32):
        add_endpoint("https://erp.nordlicht.example/caigou", ["order.shipped", "order.completed"], by=buyer)
