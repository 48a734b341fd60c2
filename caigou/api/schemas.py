"""What the API says, field by field: these classes are its OpenAPI document, and the tests hold the answers to them.

Money is ``{"amount": "123.45", "currency": "CNY"}``, always a string. Null means that nobody stated it; it is never 0.
"""

from __future__ import annotations

from typing import Literal

from ninja import Field, Schema
from pydantic import ConfigDict


class MoneyOut(Schema):
    amount: str = Field(examples=["13.80"])
    currency: str = Field(examples=["CNY"])


class MoneyIn(Schema):
    """An amount as text: a JSON number, an exponent, or more digits than the currency has are refused."""

    model_config = ConfigDict(extra="forbid")

    amount: str = Field(max_length=20, examples=["13.80"])
    currency: str = Field(max_length=3, examples=["CNY"])


class CompanyOut(Schema):
    id: str
    name_en: str
    name_zh: str


class ErrorOut(Schema):
    """The one shape of every refusal."""

    code: str = Field(examples=["not_found"])
    message: str
    fields: dict[str, str] = Field(default_factory=dict, description="What is wrong with which parameter.")


class TierOut(Schema):
    from_quantity: int
    unit_price: MoneyOut


class PlaceOut(Schema):
    country: str = Field(description="ISO 3166-1 alpha-2.")
    province: str
    province_zh: str
    city: str
    city_zh: str


class SupplierOut(Schema):
    id: str
    name_en: str
    name_zh: str
    kind: Literal["factory", "trader"]
    qualification: Literal["none", "licence_checked", "verified_factory"] = Field(
        description="What was verified and is unexpired today."
    )
    place: PlaceOut


class CardOut(Schema):
    """A product as a list of results shows it."""

    id: str
    title_en: str
    title_zh: str
    unit: str
    moq: int
    order_multiple: int
    quantity: int = Field(description="The smallest quantity that can be ordered and is at least the one asked for.")
    unit_price: MoneyOut | None = Field(description="At that quantity; null when no price is stated.")
    lead_days: int | None
    rating: float | None
    rating_count: int
    picture: str | None = Field(description="Address of a picture 480 pixels wide.")
    supplier: SupplierOut


class SearchOut(Schema):
    items: list[CardOut]
    total: int
    facets: dict[str, dict[str, int]] = Field(
        description="For each filter the number of goods of each value, counted without that filter."
    )
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
    corrected: str | None = Field(description="What was searched instead, where a word of ``q`` is unknown.")
    did_you_mean: str | None = Field(description="What may have been meant; ``q`` itself was searched.")
    more: list[CardOut] = Field(
        description="Where few goods were found and no filter is set: others with some of the words, not in ``total``."
    )
    close_in_meaning: list[str] = Field(
        description="Ids of those of ``more`` that have none of the words and are near them in meaning."
    )
    relaxed: list[str] = Field(
        description="Nothing has all words: the goods have some of these. Empty where nothing had to be left out."
    )


class NamedOut(Schema):
    name_en: str
    name_zh: str
    value_en: str
    value_zh: str


class VariantOut(Schema):
    id: str
    options: list[NamedOut]
    unit_price: MoneyOut | None
    stock: int | None
    weight_g: int | None


class CartonOut(Schema):
    pieces: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    weight_g: int | None = Field(description="Gross.")


class SampleOut(Schema):
    offered: bool | None
    price: MoneyOut | None
    most: int | None
    days: int | None


class CustomisationOut(Schema):
    kind: str
    moq: int | None
    setup_fee: MoneyOut | None
    unit_surcharge: MoneyOut | None
    days: int | None
    note_en: str
    note_zh: str


class PictureOut(Schema):
    width: int
    height: int
    href: str


class ProvenanceOut(Schema):
    source: str
    href: str
    fetched_at: str = Field(description="RFC 3339, UTC.")
    verified: Literal[False] = Field(default=False, description="Nobody here checked what the source states (B8).")


class CategoryOut(Schema):
    path: str
    name_en: str
    name_zh: str


class ProductOut(Schema):
    """Everything that is stated about a product. A listed price is never an offer."""

    id: str
    title_en: str
    title_zh: str
    description_en: str
    description_zh: str
    category: CategoryOut | None
    unit: str
    moq: int
    order_multiple: int
    quote_type: Literal["by_quantity", "per_variant", "by_total"]
    tiers: list[TierOut]
    variants: list[VariantOut]
    carton: CartonOut
    weight_g: int | None
    lead_days: int | None
    sample: SampleOut
    customisation: list[CustomisationOut]
    hs_code: str | None
    rating: float | None
    rating_count: int
    sold: int | None
    attributes: list[NamedOut]
    pictures: list[PictureOut]
    supplier: SupplierOut
    provenance: ProvenanceOut
