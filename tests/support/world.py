"""Two unconnected deals and everybody around them: the objects and the people that the access matrix tries.

Each side is a buyer with a colleague, and a supplier with one; nothing joins the two sides but the operator.
Objects are made through the services, when they are first asked for, each in the state in which a page acts on it.
"""

from __future__ import annotations

import hashlib
from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any, Literal

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.http import SimpleCookie
from django.test import Client

from caigou.accounts.current import actor_on
from caigou.accounts.models import Address, Company, CompanyKind, Seat, User
from caigou.accounts.services.addresses import remove_address
from caigou.catalogue.models import Evidence, ImportRun, Product
from caigou.catalogue.services.evidence import Paper, record_evidence
from caigou.catalogue.services.listing import withdraw_product
from caigou.integrations.models import ApiKey, Dispatch
from caigou.integrations.services.endpoints import add_endpoint, send_test
from caigou.integrations.services.keys import make_key
from caigou.kernel.actor import SYSTEM, Right
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.ledger.services import Quote
from caigou.negotiation.models import Inquiry, Offer
from caigou.orders.models import Order
from caigou.payments.bank.models import BankAccount, BankLine, CorporateTransfer
from caigou.payments.bank.services.accounts import AccountDetails
from caigou.payments.bank.services.announce import announce_transfer
from caigou.payments.bank.services.decide import ask_decision
from caigou.payments.bank.tests.banking import arrive, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.models import Recharge
from caigou.payments.payouts.models import Payout, PayoutAccount, PayoutBatch
from caigou.payments.payouts.services.accounts import enter_payout_account
from caigou.payments.payouts.services.batch import put_together
from caigou.payments.ports import Charge, PaidFrom
from caigou.payments.rates.current import current
from caigou.payments.rates.exchange import ask_quote
from caigou.payments.rates.models import RateSheet
from caigou.payments.refunds.models import Refund
from caigou.payments.refunds.services.ask import ask_refund
from caigou.payments.services.recharge import gateways, record, start_recharge
from caigou.payments.settlements.models import GatewayDifference
from caigou.payments.settlements.plain import HEADER
from caigou.payments.settlements.services.take_in import take_in_report
from caigou.payments.tests import purses
from caigou.statements.models import Commitment, Document
from caigou.statements.proofs.commit import commit_to
from caigou.statements.services.issue import issue_invoice
from caigou.wallets.models import Authorisation, CompensationCase, Instrument, ServicePayment
from caigou.wallets.opening.models import OpeningFile
from caigou.wallets.opening.services import take_in
from caigou.wallets.services.authorise import authorise
from caigou.wallets.services.charge import charge_service
from caigou.wallets.services.compensate import propose_case
from caigou.wallets.services.instruments import link_instrument
from tests.support import factories
from tests.support.factories import Party, sign_in

#: What somebody is to an object: on its buying side, on its selling side, the operator, or nobody.
Relation = Literal["buyer", "seller", "staff", "stranger"]
#: Which deal somebody or something belongs to.
SideName = Literal["own", "other"]


@dataclass(frozen=True)
class Viewer:
    """Somebody who opens pages: ``role`` as the policies name it (None: no seat), and the side they stand on."""

    name: str
    role: str | None
    signed_in: bool
    side: SideName | None
    cookies: str
    rights: frozenset[Right] = frozenset()

    def client(self) -> Client:
        """A browser of theirs; each has cookies of its own, so that one request can't spoil the next."""
        client = Client()
        client.cookies = SimpleCookie(self.cookies)
        return client

    def relation_to(self, side: SideName) -> Relation:
        """What this person is to an object of ``side``."""
        if self.role == "staff":
            return "staff"
        if self.side != side or self.role not in {"buyer", "supplier"}:
            return "stranger"
        return "buyer" if self.role == "buyer" else "seller"


def colleague_of(party: Party) -> Party:
    """Another person on a seat of the same company."""
    user = User.objects.create_user(f"{new_public_id()}@example.test", name="Colleague")
    theirs = party.user.seats.get(company=party.company)
    seat = Seat.objects.create(user=user, company=party.company, owner=theirs.owner, finance=theirs.finance)
    return Party(user, party.company, actor_on(seat))


def without_rights(party: Party) -> Party:
    """Another of the platform's people, who may see no money and give no rights."""
    colleague = colleague_of(party)
    Seat.objects.filter(user=colleague.user).update(owner=False, finance=False)
    return Party(colleague.user, party.company, actor_on(colleague.user.seats.select_related("company").get()))


class Side:
    """One buyer, one supplier, and what there can be between them."""

    def __init__(self, name: str) -> None:
        self.buyer = factories.make_buyer(f"{name} Hotels")
        self.supplier = factories.make_supplier(f"{name} Ceramics")

    def again(self) -> Side:
        """The same people, and nothing made between them yet."""
        fresh = copy(self)
        vars(fresh).clear()
        fresh.buyer, fresh.supplier = deepcopy(self.buyer), deepcopy(self.supplier)
        return fresh

    @cached_property
    def product(self) -> Product:
        return factories.make_product(self.supplier)

    @cached_property
    def withdrawn_product(self) -> Product:
        product = factories.make_product(self.supplier)
        withdraw_product(product.pk, by=self.supplier.actor)
        return product

    @cached_property
    def evidence(self) -> Evidence:
        """A paper of the supplier that counts."""
        today = now().date()
        paper = Paper("licence", "Mei Chen", checked_on=today, expires_on=today + timedelta(days=365))
        return record_evidence(self.supplier.company.supplier.pk, paper, by=SYSTEM)

    @cached_property
    def address(self) -> Address:
        return factories.make_address(self.buyer)

    @cached_property
    def removed_address(self) -> Address:
        address = factories.make_address(self.buyer, line1="Gone St 1")
        remove_address(address, by=self.buyer.actor)
        return address

    @cached_property
    def api_key(self) -> ApiKey:
        return make_key("ERP", ["read:orders"], by=self.buyer.actor)[0]

    @cached_property
    def dispatch(self) -> Dispatch:
        """A message on its way to the buyer's endpoint."""
        endpoint = add_endpoint("https://erp.example.com/hooks", ["order.paid"], by=self.buyer.actor)
        send_test(endpoint.pk, by=self.buyer.actor)
        return endpoint.dispatches.get()

    @cached_property
    def inquiry(self) -> Inquiry:
        """Waits for an offer."""
        return factories.make_inquiry(self.buyer, self.product)

    @cached_property
    def offer(self) -> Offer:
        """Waits for an answer."""
        return factories.make_open_offer(factories.make_inquiry(self.buyer, self.product), self.supplier)

    @cached_property
    def deal(self) -> factories.Deal:
        """Accepted; nothing ordered under it."""
        return factories.make_deal(buyer=self.buyer, supplier=self.supplier)

    @cached_property
    def placed(self) -> Order:
        """Waits for payment, and the wallet has the money."""
        order = factories.make_deal(buyer=self.buyer, supplier=self.supplier).place()
        factories.fund(self.buyer, order.total)
        return order

    @cached_property
    def paid(self) -> Order:
        return factories.make_deal(buyer=self.buyer, supplier=self.supplier).place_paid()

    @cached_property
    def shipped(self) -> Order:
        return factories.make_deal(buyer=self.buyer, supplier=self.supplier).place_shipped()

    @cached_property
    def recharge(self) -> Recharge:
        """Started, and known to the gateway: the payer has not decided yet."""
        started = start_recharge(
            self.buyer.company, Money(100_00, "CNY"), gateway="sandbox", by=self.buyer.actor, next_page=""
        )
        gateways()["sandbox"].start(started.public_id, started.amount, "/money/")
        return started

    @cached_property
    def paid_in(self) -> Recharge:
        """Credited; nothing of it is spent."""
        return purses.fund(self.buyer.company, Money(100_00, "CNY"))

    @cached_property
    def apart(self) -> Recharge:
        """Paid under another name; staff have not looked at it."""
        started = purses.started(self.buyer.company, Money(100_00, "CNY"))
        card = PaidFrom("card", "Nobody Else", "Visa", "4242", new_public_id())
        return record(started.pk, Charge(started.public_id, "ch", "paid", started.amount, card))

    @cached_property
    def refund(self) -> Refund:
        """Asked for; staff have not looked at it."""
        return ask_refund(self.paid_in.pk, Money(40_00, "CNY"), fallback="wallet", by=self.buyer.actor)

    @cached_property
    def quote(self) -> Quote:
        """Of an exchange of money that is there; it holds for two minutes."""
        assert self.paid_in.pk
        figures = {"CNY": "8", "USD": "1"}
        RateSheet.objects.get_or_create(source="ecb", day=now().date(), defaults={"figures": figures})
        current.forget()
        return ask_quote(self.buyer.company, Money(8_00, "CNY"), "USD", by=self.buyer.actor)

    @cached_property
    def difference(self) -> GatewayDifference:
        """A charge at the gateway that nobody here knows of."""
        row = f"charge,{new_public_id()},ch,2026-01-02,CNY,5.00,0\n"
        data = f"{','.join(HEADER)}\n{row}".encode()
        day = date(2026, 1, 2) - timedelta(days=self.buyer.company.pk)  # one day has one report
        return take_in_report("sandbox", day, data, by=SYSTEM).report.differences.get()

    @cached_property
    def invoice(self) -> Document:
        return issue_invoice(self.paid.pk)

    @cached_property
    def instrument(self) -> Instrument:
        """Waits for a review: its name is somebody else's."""
        values = {"kind": "bank", "holder": "Nobody Else", "institution": "ANZ", "country": "AU"}
        return link_instrument(self.buyer.company, **values, number="AU12345678", by=self.buyer.actor)

    @cached_property
    def authorisation(self) -> Authorisation:
        each, month = Money(50_00, "CNY"), Money(80_00, "CNY")
        return authorise(self.buyer.company, service="logistics", each=each, month=month, by=self.buyer.actor)

    @cached_property
    def service(self) -> ServicePayment:
        """Charged by somebody of the staff who takes no part in the matrix; waits for money."""
        by, once = actor_on(self._finance()), new_public_id()
        return charge_service(self.authorisation, Money(45_00, "CNY"), words="Freight.", once=once, by=by)

    @staticmethod
    def _finance() -> Seat:
        user = User.objects.create_user(f"{new_public_id()}@example.test", name="Proposer")
        return Seat.objects.create(user=user, company=Company.objects.get(kind=CompanyKind.OPERATOR), finance=True)

    @cached_property
    def commitment(self) -> Commitment:
        """A commitment to this side's balance, and to nobody else's."""
        company = self.buyer.company
        moment = now() - timedelta(days=company.pk)  # one day has one commitment
        return commit_to("CNY", [(company.pk, company.public_id, "wallet", 1_00)], moment)

    @cached_property
    def case(self) -> CompensationCase:
        """Proposed by somebody of the staff who takes no part in the matrix."""
        seat = self._finance()
        amount = Money(5_00, "CNY")
        return propose_case(self.buyer.company, amount, reason="damage", words="Broke it all.", by=actor_on(seat))

    @cached_property
    def bank_account(self) -> BankAccount:
        """One of ours, in use."""
        return BankAccount.objects.filter(status="open", currency="CNY").first() or our_account()

    @cached_property
    def dollar_account(self) -> BankAccount:
        """One of ours, in use, in dollars."""
        found = BankAccount.objects.filter(status="open", currency="USD").first()
        return found or our_account("USD", "DE02120300000000202051")

    @cached_property
    def transfer(self) -> CorporateTransfer:
        """Announced; nothing has arrived."""
        assert self.bank_account.pk
        return announce_transfer(self.buyer.company, Money(100_00, "CNY"), by=self.buyer.actor)

    @cached_property
    def bank_line(self) -> BankLine:
        """In suspense: nobody can be known for it."""
        told = entry("7.00", ref=new_public_id(), name="Somebody", number="DE75512108001245126199")
        arrive(self.bank_account, told, number=new_public_id())
        return BankLine.objects.order_by("-pk")[0]

    @cached_property
    def credited_line(self) -> BankLine:
        """Arrived from the buyer's own bank account; unspent."""
        assert self.bank_account.pk
        told = entry(
            "9.00", ref=new_public_id(), rf=self.transfer.reference, name="Own", number="DE75512108001245126199"
        )
        arrive(self.bank_account, told, number=new_public_id())
        return BankLine.objects.order_by("-pk")[0]

    @cached_property
    def payout_account(self) -> PayoutAccount:
        """Entered by the supplier; nobody has confirmed it."""
        details = AccountDetails("Qingyao", "6222021234567890123", "ICBC", "ICBKCNBJ", "CN", "CNY")
        return enter_payout_account(self.supplier.company, details, by=self.supplier.actor)

    @cached_property
    def payout_batch(self) -> PayoutBatch:
        """Waits for a second person."""
        ask_decision(self.bank_line.pk, None, reason="Nobody knows it.", by=person())
        return put_together(self.bank_account, [Payout.objects.get(line=self.bank_line).public_id], by=person())

    @cached_property
    def opening(self) -> OpeningFile:
        """A file of opening balances that waits for a second person."""
        row = f"wallet,{self.buyer.company.public_id},CNY,1.00,{new_public_id()}"
        data = f"kind,company,currency,amount,reference\n{row}\n".encode()
        file = take_in(data, "old.csv", day=now().date(), by=person()).file
        assert file is not None
        return file

    @cached_property
    def clerk(self) -> User:
        """One of the platform's people, without any right."""
        user = User.objects.create_user(f"{new_public_id()}@example.test", name="Clerk")
        Seat.objects.create(user=user, company=Company.objects.get(kind=CompanyKind.OPERATOR))
        return user

    @cached_property
    def newcomer(self) -> User:
        """One of the platform's people whose first right waits for a second person of finance."""
        user = User.objects.create_user(f"{new_public_id()}@example.test", name="Newcomer")
        platform = Company.objects.get(kind=CompanyKind.OPERATOR)
        Seat.objects.create(user=user, company=platform, finance=True, rights_wait=True)
        return user

    @cached_property
    def import_run(self) -> ImportRun:
        return self._run(status="waiting")

    @cached_property
    def unnamed_run(self) -> ImportRun:
        """A file whose columns somebody has to name."""
        preview = {"header": ["no", "name", "fob"], "rows": [["1", "Mug", "2.50"]], "guess": {}}
        return self._run(status="columns", preview=preview)

    def _run(self, **values: Any) -> ImportRun:
        supplier = self.product.supplier
        return ImportRun.objects.create(
            file_name="goods.csv", sha256="0" * 64, by=self.supplier.user, supplier=supplier, **values
        )


class World:
    """Both sides, the operator, and a person without a seat."""

    def __init__(self) -> None:
        self.sides: dict[SideName, Side] = {"own": Side("Own"), "other": Side("Other")}
        own, other = self.sides["own"], self.sides["other"]
        staff = factories.make_staff()
        seatless = User.objects.create_user("seatless@example.test", name="Nobody Yet")
        self.viewers = [
            Viewer("anonymous", None, signed_in=False, side=None, cookies=""),
            Viewer("person without a seat", None, signed_in=True, side=None, cookies=_cookies(seatless)),
            _viewer("buyer", own.buyer, "own"),
            _viewer("the buyer's colleague", colleague_of(own.buyer), "own"),
            _viewer("another buyer", other.buyer, "other"),
            _viewer("supplier", own.supplier, "own"),
            _viewer("the supplier's colleague", colleague_of(own.supplier), "own"),
            _viewer("another supplier", other.supplier, "other"),
            _viewer("staff", staff, None),
            _viewer("staff without rights", without_rights(staff), None),
        ]

    def again(self) -> World:
        """The same people, for the next test within the same transaction: what the last one made was rolled back."""
        fresh = copy(self)
        fresh.sides = {name: side.again() for name, side in self.sides.items()}
        return fresh


def _viewer(name: str, party: Party, side: SideName | None) -> Viewer:
    cookies = _cookies(party.user)
    return Viewer(name, party.actor.role, signed_in=True, side=side, cookies=cookies, rights=party.actor.rights)


@cache
def _password() -> str:
    """One hash for everybody: making one is slow on purpose."""
    return make_password("worth nothing outside of a test")


def _cookies(user: User) -> str:
    """The cookies of a person who has just signed in, with an address that was verified at sign-up."""
    user.password = _password()
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = Client()
    sign_in(client, user)
    return client.cookies.output(header="", sep=";")


#: Tables that change with every request and hold no fact of the domain.
_NOISE = {"django_session", "cache_entry", "django_content_type"}


@cache
def _digest_query() -> str:
    quote = connection.ops.quote_name
    tables = sorted({m._meta.db_table for m in apps.get_models(include_auto_created=True)} - _NOISE)
    parts = [
        f"SELECT '{table}', count(*)::text || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
        f" FROM {quote(table)} t"
        for table in tables
    ]
    return " UNION ALL ".join(f"({part})" for part in parts)


def writes() -> int:
    """Return how many rows this transaction has tried to write so far: as long as it stays, so does ``digest``.

    Counted by PostgreSQL, in a thirtieth of the time; what was taken back is counted, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [sorted(_NOISE)],
        )
        return int(cursor.fetchone()[0])


def digest() -> str:
    """Return a fingerprint of every row of the house: equal as long as nothing was written."""
    with connection.cursor() as cursor:
        cursor.execute(_digest_query())
        # A parallel plan returns the parts in any order.
        rows = sorted(f"{table} {fingerprint}" for table, fingerprint in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
