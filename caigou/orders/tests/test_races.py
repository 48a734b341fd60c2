"""Two at once: separate processes, real commits. Whoever is first, the books balance and one story is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caigou.jobs.outbox import deliver_due
from caigou.kernel.clock import frozen, now
from caigou.ledger.services import balance as balance_of
from caigou.ledger.services import check_books, find_account
from caigou.ledger.tests.racers import race
from caigou.orders.models import Order, OrderStatus
from caigou.orders.tests import racers
from caigou.payments.services.recharge import start_recharge
from caigou.payments.services.wallet import wallet_balance
from tests.support.factories import Deal, fund, make_buyer, make_deal, make_supplier

pytestmark = [pytest.mark.commits, pytest.mark.slow]

TRIALS = 8


def deals() -> list[Deal]:
    """One deal a trial, each with a buyer of its own, so that the trial can look at a whole wallet."""
    supplier = make_supplier()
    return [make_deal(buyer=make_buyer(f"Buyer {trial}"), supplier=supplier) for trial in range(TRIALS)]


def statuses(orders: list[Order]) -> set[str]:
    return set(Order.objects.filter(pk__in=[order.pk for order in orders]).values_list("status", flat=True))


def times(what: str, order: Order) -> int:
    return order.timeline.filter(what=what).count()


def test_placing_twice_at_once_makes_one_order() -> None:
    rivals = [(deal.offer.pk, 240, deal.address.pk, deal.buyer.actor) for deal in deals()]

    one, other = race([(racers.place, rivals), (racers.place, rivals)])

    assert one == other == ["ok"] * TRIALS
    assert Order.objects.count() == TRIALS


def test_paying_twice_at_once_takes_the_money_once() -> None:
    made = deals()
    orders = [deal.place() for deal in made]
    for deal, order in zip(made, orders, strict=True):
        fund(deal.buyer, order.total * 2)
    rivals = [(order.pk, deal.buyer.actor) for deal, order in zip(made, orders, strict=True)]

    one, other = race([(racers.pay, rivals), (racers.pay, rivals)])

    assert one == other == ["ok"] * TRIALS
    for deal, order in zip(made, orders, strict=True):
        wallet = wallet_balance(deal.buyer.company, "CNY")
        assert wallet is not None
        assert wallet.available == order.total
        assert times(OrderStatus.PAID, order) == 1
    assert check_books().balanced


def test_paying_and_cancelling_at_once_leaves_the_buyer_whole() -> None:
    made = deals()
    orders = [deal.place() for deal in made]
    for deal, order in zip(made, orders, strict=True):
        fund(deal.buyer, order.total)
    paying = [(order.pk, deal.buyer.actor) for deal, order in zip(made, orders, strict=True)]
    cancelling = [(order.pk, deal.supplier.actor) for deal, order in zip(made, orders, strict=True)]

    paid, cancelled = race([(racers.pay, paying), (racers.cancel, cancelling)])
    deliver_due()

    assert set(paid) <= {"ok", "illegal_move"}
    assert cancelled == ["ok"] * TRIALS
    assert statuses(orders) == {OrderStatus.CANCELLED}
    for deal, order in zip(made, orders, strict=True):
        wallet = wallet_balance(deal.buyer.company, "CNY")
        assert wallet is not None
        assert (wallet.available, bool(wallet.pending)) == (order.total, False)
    assert check_books().balanced


def test_shipping_and_cancelling_at_once_is_one_of_them() -> None:
    made = deals()
    orders = [deal.place_paid() for deal in made]
    shipping = [(order.pk, deal.supplier.actor) for deal, order in zip(made, orders, strict=True)]
    cancelling = [(order.pk, deal.buyer.actor) for deal, order in zip(made, orders, strict=True)]

    shipped, cancelled = race([(racers.ship, shipping), (racers.cancel, cancelling)])

    assert all({one, other} == {"ok", "illegal_move"} for one, other in zip(shipped, cancelled, strict=True))
    for order, won in zip(orders, shipped, strict=True):
        order.refresh_from_db()
        assert order.status == (OrderStatus.SHIPPED if won == "ok" else OrderStatus.CANCELLED)
    assert check_books().balanced


def test_confirming_while_the_clock_comes_by_releases_once() -> None:
    with frozen(now() - timedelta(days=20)):
        made = deals()
        orders = [deal.place_shipped() for deal in made]
    confirming = [(order.pk, deal.buyer.actor) for deal, order in zip(made, orders, strict=True)]

    confirmed, ticked = race([(racers.confirm, confirming), (racers.tick, [(order.pk,) for order in orders])])

    assert confirmed == ticked == ["ok"] * TRIALS
    assert statuses(orders) == {OrderStatus.COMPLETED}
    assert all(times(OrderStatus.COMPLETED, order) == 1 for order in orders)
    earned = find_account("supplier_payable", made[0].supplier.company.public_id, "CNY")
    assert earned is not None
    assert balance_of(earned).posted == orders[0].total * TRIALS
    assert check_books().balanced


def test_money_arriving_while_the_order_is_cancelled_stays_in_the_wallet() -> None:
    made = deals()
    orders = [deal.place() for deal in made]
    arriving, cancelling = [], []
    for deal, order in zip(made, orders, strict=True):
        assert racers.pay(order.pk, deal.buyer.actor) == "ok"  # short: the order waits
        recharge = start_recharge(deal.buyer.company, order.total, gateway="sandbox", by=deal.buyer.actor)
        arriving.append((recharge.pk, recharge.public_id, order.total_minor))
        cancelling.append((order.pk, deal.buyer.actor))

    arrived, cancelled = race([(racers.credit, arriving), (racers.cancel, cancelling)])
    deliver_due()

    assert arrived == cancelled == ["ok"] * TRIALS
    assert statuses(orders) == {OrderStatus.CANCELLED}
    for deal, order in zip(made, orders, strict=True):
        wallet = wallet_balance(deal.buyer.company, "CNY")
        assert wallet is not None
        assert (wallet.available, bool(wallet.pending)) == (order.total, False)
    assert check_books().balanced
