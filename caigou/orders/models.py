"""Orders and their timeline.

What an order costs was sealed with its offer and is copied here once; nothing is derived again from the catalogue.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company
from caigou.catalogue.models import Product
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import moves, register_states
from caigou.negotiation.models import Offer


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Waiting for payment")
    PAID = "paid", _("Paid into escrow")
    SHIPPED = "shipped", _("Shipped")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


#: Every move an order can make. ``services`` has one module for each arrow's verb.
ORDER_MOVES = register_states(
    "orders.Order",
    start=OrderStatus.PLACED,
    table=moves(
        {
            OrderStatus.PLACED: {OrderStatus.PAID, OrderStatus.CANCELLED},
            OrderStatus.PAID: {OrderStatus.SHIPPED, OrderStatus.CANCELLED},
            OrderStatus.SHIPPED: {OrderStatus.COMPLETED},
            OrderStatus.COMPLETED: (),
            OrderStatus.CANCELLED: (),
        }
    ),
)

#: While an order is in one of these its escrow holds exactly its total; in any other, nothing.
IN_ESCROW = (OrderStatus.PAID, OrderStatus.SHIPPED)


#: So many characters of an order's public id are its number.
SHOWN = 8


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, actor: Actor) -> Self:
        """The buying and the selling company, and staff."""
        if actor.is_staff or actor.is_system:
            return self
        return self.filter(Q(buyer_id=actor.company_id) | Q(seller_id=actor.company_id))

    def called(self, text: str) -> Order | None:
        """Return the one of these orders that ``text`` names, by its number (C-1A2B3C4D) or public id; else None."""
        name = text.strip().lower().removeprefix("c-")
        some = list(self.filter(public_id__startswith=name)[:2]) if len(name) >= SHOWN else []
        return some[0] if len(some) == 1 else None

    def for_cards(self) -> Self:
        """With what a row of the list shows, in one query."""
        return self.select_related("buyer", "seller", "product__category", "product__supplier")


class Order(models.Model):
    """What a buyer has agreed to buy from one supplier, delivery included (F10)."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    buyer = models.ForeignKey(Company, models.PROTECT, related_name="purchases")
    seller = models.ForeignKey(Company, models.PROTECT, related_name="sales")
    offer = models.OneToOneField(Offer, models.PROTECT, related_name="order")
    product = models.ForeignKey(Product, models.PROTECT, related_name="orders")
    quantity = models.PositiveIntegerField(help_text="In units of the product.")
    currency = models.CharField(max_length=3)
    unit_price_minor = models.BigIntegerField(help_text="As sealed, in minor units.")
    total_minor = models.BigIntegerField(help_text="In minor units, delivery included.")
    address: models.JSONField[Any, Any] = models.JSONField(help_text="A copy of the address as it was.")
    deliver_by = models.DateField()
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.PLACED)
    carrier = models.CharField(max_length=80, blank=True)
    tracking_number = models.CharField(max_length=80, blank=True)
    cancel_reason = models.TextField(blank=True)
    placed_at = models.DateTimeField(default=now)
    paid_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    confirm_by = models.DateTimeField(null=True, blank=True, help_text="When the clock confirms receipt.")
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="order_two_parties", condition=~Q(buyer=F("seller"))),
            models.CheckConstraint(
                name="order_total_is_price_times_quantity",
                condition=Q(total_minor=F("unit_price_minor") * F("quantity"), quantity__gte=1, unit_price_minor__gt=0),
            ),
            models.CheckConstraint(
                name="order_holding_money_is_paid",
                condition=~Q(status__in=["paid", "shipped", "completed"]) | Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="shipped_order_says_how",
                condition=~Q(status__in=["shipped", "completed"])
                | (Q(shipped_at__isnull=False, confirm_by__isnull=False) & ~Q(carrier="") & ~Q(tracking_number="")),
            ),
            models.CheckConstraint(
                name="ended_order_says_when",
                condition=(~Q(status="completed") | Q(completed_at__isnull=False))
                & (~Q(status="cancelled") | Q(cancelled_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="order_of_buyer"),
            models.Index(fields=["seller", "-placed_at"], name="order_of_seller"),
            models.Index(fields=["confirm_by"], name="order_to_confirm", condition=Q(status="shipped")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call the order on the phone."""
        return f"C-{self.public_id[:SHOWN].upper()}"

    @property
    def unit_price(self) -> Money:
        return Money(self.unit_price_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class OrderEvent(models.Model):
    """One line of the timeline that both sides see (F12)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="timeline")
    what = models.CharField(max_length=30)
    by_role = models.CharField(max_length=10)
    by = models.CharField(max_length=40)
    details: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%F %T}"
