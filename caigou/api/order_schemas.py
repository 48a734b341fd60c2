"""Orders as the API says them."""

from __future__ import annotations

from typing import Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from caigou.api.pages import PageIn
from caigou.api.schemas import CompanyOut, MoneyIn, MoneyOut

Status = Literal["placed", "paid", "shipped", "completed", "cancelled"]


class OrdersIn(PageIn):
    """Which of the company's orders."""

    status: Status | None = None


class OrderedOut(Schema):
    id: str
    title_en: str
    title_zh: str
    unit: str


class AddressOut(Schema):
    """Where goods go; an order keeps the address as it was, without an id."""

    id: str | None = None
    name: str
    phone: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str
    country: str = Field(description="ISO 3166-1 alpha-2.")


class OrderOut(Schema):
    id: str
    number: str = Field(examples=["C-DBXNB0RN"], description="What people call it on the phone.")
    status: Status
    side: Literal["buyer", "supplier"] = Field(description="On which side of the order this key's company is.")
    buyer: CompanyOut
    supplier: CompanyOut
    product: OrderedOut
    offer: str = Field(description="Id of the accepted offer under which it was placed.")
    quantity: int
    unit_price: MoneyOut
    total: MoneyOut = Field(description="Delivery included.")
    address: AddressOut
    deliver_by: str = Field(examples=["2026-12-24"])
    carrier: str
    tracking_number: str
    cancel_reason: str
    placed_at: str
    paid_at: str | None
    shipped_at: str | None
    confirm_by: str | None = Field(description="When receipt is confirmed by itself.")
    completed_at: str | None
    cancelled_at: str | None


class EscrowOut(Schema):
    held: MoneyOut
    released: MoneyOut
    refunded: MoneyOut
    as_of: str


class StepOut(Schema):
    what: str
    by: str = Field(description="buyer, supplier, staff or system.")
    at: str


class WholeOrderOut(OrderOut):
    """An order with its money and its timeline."""

    escrow: EscrowOut
    missing: MoneyOut | None = Field(
        description="The buyer asked to pay and the wallet lacks this; the order pays itself once it is there."
    )
    timeline: list[StepOut]


class OrdersOut(Schema):
    items: list[OrderOut]
    next: str | None


class AddressesOut(Schema):
    items: list[AddressOut]
    next: str | None


class _Body(Schema):
    model_config = ConfigDict(extra="forbid")


class PlaceIn(_Body):
    """An order under an accepted offer."""

    offer: str = Field(max_length=26)
    quantity: int = Field(strict=True, ge=1, le=100_000_000)
    address: str = Field(max_length=26, description="Id of one of the company's addresses.")


class SumIn(_Body):
    """The sum as it was seen; when another one is due, nothing happens."""

    expected: MoneyIn


class ShipIn(_Body):
    carrier: str = Field(min_length=1, max_length=80)
    tracking_number: str = Field(min_length=1, max_length=80)


class ReasonIn(_Body):
    reason: str = Field(default="", max_length=2_000)
