"""Each verb of an order: what it does, what it refuses, and what of it is safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from caigou.jobs.models import Delivery
from caigou.jobs.outbox import deliver_due
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, DomainError, IllegalMove, NotAllowed
from caigou.kernel.money import Money
from caigou.kernel.states import STATE_TABLES, check_move
from caigou.ledger.models import Journal
from caigou.ledger.services import check_books
from caigou.orders.models import Order, OrderStatus
from caigou.orders.selectors import escrow_of, offers_to_order, waiting_orders
from caigou.orders.services.cancel import cancel_order
from caigou.orders.services.confirm import confirm_due, confirm_receipt
from caigou.orders.services.pay import WrongAmount, capture_held, pay_order
from caigou.orders.services.place import place_order
from caigou.orders.services.ship import ship_order
from caigou.payments.models import PaymentRequest, RequestStatus
from caigou.payments.services.ask import meet_waiting
from caigou.payments.services.wallet import available
from tests.support.factories import (  # fmt: skip
    Deal,
    fund,
    make_address,
    make_buyer,
    make_deal,
    make_inquiry,
    make_open_offer,
    make_supplier,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal() -> Deal:
    """Sealed: 240 to 480 in steps of 24 at ¥12.10; all of it is ¥5,808.00."""
    return make_deal(quantity=480, unit_price=Money(12_10, "CNY"))


@pytest.fixture(autouse=True)
def books() -> object:
    """After each test, whatever it did, the books balance."""
    yield
    assert check_books().balanced


# --- Placing ------------------------------------------------------------------------------------------------------


def test_an_order_costs_what_was_sealed_whatever_the_catalogue_says_now(deal: Deal) -> None:
    deal.product.price_tiers.update(unit_price_minor=1)
    order = deal.place(264)
    assert (order.unit_price, order.total) == (Money(12_10, "CNY"), Money(3_194_40, "CNY"))
    assert order.address["line1"] == "12 Dock St"


def test_placing_again_returns_the_first_order(deal: Deal) -> None:
    assert deal.place(240) == deal.place(480)
    assert Order.objects.get().quantity == 240


@pytest.mark.parametrize(
    ("quantity", "valid"), [(0, 240), (-24, 240), (239, 240), (250, 264), (481, 480), (10**9, 480)]
)
def test_a_quantity_that_was_not_offered_names_the_nearest_valid_one(deal: Deal, quantity: int, valid: int) -> None:
    with pytest.raises(BadInput) as refused:
        place_order(deal.offer.pk, quantity=quantity, address_id=deal.address.pk, by=deal.buyer.actor)
    assert refused.value.fields == {"quantity": valid}
    assert not Order.objects.exists()


def test_only_the_buyer_orders_and_only_to_an_address_of_its_own(deal: Deal) -> None:
    other = make_buyer("Somebody else")
    for by in (other.actor, deal.supplier.actor, SYSTEM):
        with pytest.raises(NotAllowed):
            place_order(deal.offer.pk, quantity=240, address_id=deal.address.pk, by=by)
    with pytest.raises(NotAllowed):
        place_order(deal.offer.pk, quantity=240, address_id=make_address(other).pk, by=deal.buyer.actor)


def test_an_offer_that_is_not_accepted_makes_no_order(deal: Deal) -> None:
    offer = make_open_offer(make_inquiry(deal.buyer, deal.product), deal.supplier)
    with pytest.raises(DomainError, match="Accept the offer first"):
        place_order(offer.pk, quantity=240, address_id=deal.address.pk, by=deal.buyer.actor)


# --- Paying -------------------------------------------------------------------------------------------------------


def test_paying_moves_the_whole_sum_into_escrow_once(deal: Deal) -> None:
    order = deal.place()
    fund(deal.buyer, Money(6_000_00, "CNY"))
    for _ in range(2):
        assert pay_order(order.pk, expected_total=order.total, by=deal.buyer.actor).status == OrderStatus.PAID
    deliver_due()
    assert available(deal.buyer.company, "CNY") == Money(192_00, "CNY")
    assert escrow_of(order).held == order.total


def test_what_the_wallet_suffices_for_is_one_posting_and_sets_nothing_aside(deal: Deal) -> None:
    order = deal.place()
    fund(deal.buyer, order.total)
    before = Journal.objects.count()
    pay_order(order.pk, by=deal.buyer.actor)
    assert Journal.objects.count() == before + 1
    assert (PaymentRequest.objects.get().status, PaymentRequest.objects.get().hold_id) == (RequestStatus.SETTLED, None)
    assert not Delivery.objects.filter(event="payments.MoneyHeld").exists()


@pytest.mark.parametrize("wallet", [0, 1, 5_807_99])
def test_a_short_wallet_gives_nothing_and_the_order_waits(deal: Deal, wallet: int) -> None:
    order = deal.place()
    if wallet:
        fund(deal.buyer, Money(wallet, "CNY"))
    for _ in range(2):
        assert pay_order(order.pk, by=deal.buyer.actor).status == OrderStatus.PLACED
    assert available(deal.buyer.company, "CNY") == Money(wallet, "CNY")
    assert order.timeline.filter(what="waiting_for_money").count() == 1
    assert not order.timeline.filter(what="paid").exists()
    assert not Delivery.objects.filter(event="orders.OrderPaid").exists()
    assert PaymentRequest.objects.get().status == RequestStatus.WAITING


def test_money_that_arrives_resumes_the_oldest_order_it_suffices_for(deal: Deal) -> None:
    first = deal.place()
    second = make_deal(buyer=deal.buyer, supplier=deal.supplier, quantity=240, unit_price=Money(10_00, "CNY")).place()
    for order in (first, second):
        pay_order(order.pk, by=deal.buyer.actor)
    fund(deal.buyer, Money(2_400_00, "CNY"))  # enough for the second only

    assert meet_waiting(deal.buyer.company, "CNY") == 1
    deliver_due()

    assert Order.objects.get(pk=second.pk).status == OrderStatus.PAID
    assert Order.objects.get(pk=first.pk).status == OrderStatus.PLACED
    assert capture_held(second.public_id) is not None  # told again: nothing more
    assert capture_held("nobody") is None


def test_a_wallet_in_another_currency_pays_nothing(deal: Deal) -> None:
    order = deal.place()
    fund(deal.buyer, Money(9_999_00, "USD"))
    assert pay_order(order.pk, by=deal.buyer.actor).status == OrderStatus.PLACED


@pytest.mark.parametrize("said", [Money(5_807_99, "CNY"), Money(5_808_01, "CNY"), Money(5_808_00, "USD")])
def test_a_page_with_another_sum_pays_nothing(deal: Deal, said: Money) -> None:
    order = deal.place()
    fund(deal.buyer, order.total)
    with pytest.raises(WrongAmount):
        pay_order(order.pk, expected_total=said, by=deal.buyer.actor)
    assert available(deal.buyer.company, "CNY") == order.total


# --- Shipping, confirming, cancelling -----------------------------------------------------------------------------


def test_shipping_starts_the_clock_of_fifteen_days(deal: Deal) -> None:
    order = deal.place_shipped()
    assert order.shipped_at is not None
    assert order.confirm_by == order.shipped_at + timedelta(days=15)
    again = ship_order(order.pk, carrier=" SF  Express", tracking_number="SF 1029384756", by=deal.supplier.actor)
    assert again.confirm_by == order.confirm_by


@pytest.mark.parametrize(("carrier", "number"), [("", "1"), ("SF", ""), (" ", " ")])
def test_a_shipment_names_carrier_and_number(deal: Deal, carrier: str, number: str) -> None:
    order = deal.place_paid()
    with pytest.raises(BadInput):
        ship_order(order.pk, carrier=carrier, tracking_number=number, by=deal.supplier.actor)


def test_confirming_releases_the_whole_escrow_once(deal: Deal) -> None:
    order = deal.place_shipped()
    for _ in range(2):
        confirm_receipt(order.pk, by=deal.buyer.actor)
    figures = escrow_of(order)
    assert (figures.held, figures.released) == (Money.zero("CNY"), order.total)


def test_the_catalogue_hears_once_of_what_was_sold_and_only_of_completed_orders(deal: Deal) -> None:
    order = deal.place_shipped()
    deliver_due()
    deal.product.refresh_from_db()
    assert deal.product.sold_here == 0
    for _ in range(2):
        confirm_receipt(order.pk, by=deal.buyer.actor)
        deliver_due()
    deal.product.refresh_from_db()
    assert deal.product.sold_here == order.quantity > 0


def test_the_clock_confirms_to_the_second_and_not_before(deal: Deal) -> None:
    order = deal.place_shipped()
    assert order.confirm_by is not None
    with frozen(order.confirm_by - timedelta(seconds=1)):
        assert confirm_due() == 0
    with frozen(order.confirm_by):
        assert confirm_due() == 1
        assert confirm_due() == 0
    assert order.timeline.get(what="completed").by_role == "system"


@pytest.mark.parametrize("paid", [False, True])
def test_cancelling_gives_back_what_was_paid(deal: Deal, paid: bool) -> None:
    order = deal.place_paid() if paid else deal.place()
    for by in (deal.supplier.actor, deal.buyer.actor):
        assert cancel_order(order.pk, reason=" Out of clay ", by=by).cancel_reason == "Out of clay"
    assert available(deal.buyer.company, "CNY") == (order.total if paid else Money.zero("CNY"))
    assert escrow_of(order).refunded == (order.total if paid else Money.zero("CNY"))


def test_cancelling_a_waiting_order_withdraws_its_request(deal: Deal) -> None:
    order = deal.place()
    pay_order(order.pk, by=deal.buyer.actor)
    cancel_order(order.pk, reason="Too slow", by=deal.buyer.actor)
    fund(deal.buyer, order.total)
    assert meet_waiting(deal.buyer.company, "CNY") == 0
    deliver_due()
    assert available(deal.buyer.company, "CNY") == order.total


# --- The life cycle, every verb in every state --------------------------------------------------------------------

Verb = Callable[[Order, Deal], Order]

VERBS: dict[str, Verb] = {
    "pay": lambda order, deal: pay_order(order.pk, by=deal.buyer.actor),
    "ship": lambda order, deal: ship_order(order.pk, carrier="DHL", tracking_number="2", by=deal.supplier.actor),
    "confirm": lambda order, deal: confirm_receipt(order.pk, by=deal.buyer.actor),
    "cancel": lambda order, deal: cancel_order(order.pk, reason="", by=deal.buyer.actor),
}
#: What each verb makes of an order in each state; what isn't here is refused.
AFTER = {
    ("pay", "placed"): "paid",
    ("pay", "paid"): "paid",
    ("pay", "shipped"): "shipped",
    ("pay", "completed"): "completed",
    ("ship", "paid"): "shipped",
    ("confirm", "shipped"): "completed",
    ("confirm", "completed"): "completed",
    ("cancel", "placed"): "cancelled",
    ("cancel", "paid"): "cancelled",
    ("cancel", "cancelled"): "cancelled",
}


def order_in(state: str, deal: Deal) -> Order:
    order = deal.place()
    fund(deal.buyer, order.total)
    if state in {"paid", "shipped", "completed"}:
        VERBS["pay"](order, deal)
    if state in {"shipped", "completed"}:
        ship_order(order.pk, carrier="SF Express", tracking_number="1", by=deal.supplier.actor)
    if state == "completed":
        VERBS["confirm"](order, deal)
    if state == "cancelled":
        VERBS["cancel"](order, deal)
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize(("verb", "state"), list(product(VERBS, OrderStatus.values)))
def test_every_verb_in_every_state(deal: Deal, verb: str, state: str) -> None:
    order = order_in(state, deal)
    expected = AFTER.get((verb, state))
    if expected is None:
        with pytest.raises(DomainError) as refused:
            VERBS[verb](order, deal)
        assert refused.value.code == "illegal_move"
        expected = state
    else:
        VERBS[verb](order, deal)
    order.refresh_from_db()
    assert order.status == expected


STRANGERS = [("pay", "placed"), ("ship", "paid"), ("confirm", "shipped"), ("cancel", "placed")]


@pytest.mark.parametrize(("verb", "state"), STRANGERS)
def test_nobody_else_moves_an_order(deal: Deal, verb: str, state: str) -> None:
    order = order_in(state, deal)
    buyer, supplier = make_buyer("Somebody else"), make_supplier("Another factory")
    with pytest.raises(NotAllowed):
        VERBS[verb](order, Deal(buyer, supplier, deal.product, deal.inquiry, deal.offer, deal.address))
    order.refresh_from_db()
    assert order.status == state


@pytest.mark.parametrize("name", ["orders.Order", "negotiation.Inquiry", "negotiation.Offer"])
def test_a_move_that_the_table_has_not_is_illegal(name: str) -> None:
    table = STATE_TABLES[name].moves
    for before, after in product(table, table):
        if after in table[before]:
            check_move(table, before, after)
        else:
            with pytest.raises(IllegalMove):
                check_move(table, before, after)


def test_the_database_holds_what_must_never_be_false(deal: Deal) -> None:
    order = deal.place()
    for broken in (
        {"status": "paid"},
        {"total_minor": 1},
        {"seller": deal.buyer.company},
        {"status": "cancelled"},
        {"status": "shipped", "paid_at": now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**broken)


# --- Reading ------------------------------------------------------------------------------------------------------


def test_who_sees_an_order_and_for_whom_it_waits(deal: Deal) -> None:
    assert list(offers_to_order(deal.buyer.actor)) == [deal.offer]
    assert list(offers_to_order(deal.supplier.actor)) == []
    order = deal.place_paid()
    assert list(offers_to_order(deal.buyer.actor)) == []
    assert list(waiting_orders(deal.supplier.actor)) == [order]
    assert list(waiting_orders(deal.buyer.actor)) == []
    for actor in (make_buyer("Somebody else").actor, make_supplier("Another factory").actor):
        assert not Order.objects.visible_to(actor).exists()
    assert Order.objects.visible_to(Actor(role="staff")).get() == order
