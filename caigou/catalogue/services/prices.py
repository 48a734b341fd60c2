"""Change what a product costs and in which variants it comes: the three ways to quote (F6, integrations.md 1.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.events import ProductChanged
from caigou.catalogue.models import PriceTier, Product, ProductStatus, QuoteKind, Variant
from caigou.catalogue.pricing import Tier
from caigou.catalogue.services.imports.details import MOST_OF_ATTRIBUTE, STATED
from caigou.catalogue.services.imports.fields import MOST_TIERS
from caigou.catalogue.services.imports.values import MOST_UNITS
from caigou.catalogue.services.imports.variants import MOST_STOCK
from caigou.catalogue.services.own import changed, own_product
from caigou.catalogue.services.seen import check_seen, mark_of
from caigou.catalogue.services.typed import text, within
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import CURRENCIES, Money

#: Variants that are written by hand; more come by file.
MOST_VARIANTS = 40


@dataclass(frozen=True, slots=True)
class Prices:
    """How a product is quoted: ``tiers`` by quantity, or ``variants`` with a price each, by their public id."""

    quote_type: str
    currency: str
    moq: int
    order_multiple: int = 1
    tiers: Sequence[Tier] = ()
    variants: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """One variant; ``public_id`` is empty for a new one. ``price`` counts only where each variant has its own."""

    options: Sequence[Mapping[str, str]]
    public_id: str = ""
    price: Money | None = None
    stock: int | None = None
    weight_g: int | None = None


@transaction.atomic
def save_prices(product_id: int, prices: Prices, *, by: Actor, seen: str | None = None) -> Product:
    """Replace the price list. Orders and offers that exist keep the price that they name.

    ``seen`` is the mark of the prices that the person had before them (``seen.py``).
    Raises ``NotAllowed`` for anyone but the supplier or staff, ``ChangedMeanwhile``, and ``BadInput`` naming the field
    at fault: tiers that don't rise or whose price rises, a missing price of a product on sale, another currency while
    fees are in the old.
    """
    product = own_product(product_id, by=by, lock=True)
    check_seen(mark_of(product, "prices"), seen)
    _check_currency(product, prices.currency)
    _check_quantities(prices)
    tiers = _checked(prices)
    product.currency, product.quote_type = prices.currency, prices.quote_type
    product.moq, product.order_multiple = prices.moq, prices.order_multiple
    product.price_tiers.all().delete()
    PriceTier.objects.bulk_create(
        PriceTier(product=product, from_quantity=tier.from_quantity, unit_price_minor=tier.unit_price.minor)
        for tier in tiers
    )
    _price_variants(product, prices)
    return _stored(product, by)


def _check_currency(product: Product, currency: str) -> None:
    if currency not in CURRENCIES or currency == "PTS":
        raise BadInput(_("Choose a currency of the list."), fields={"currency": ""})
    fees = any(entry.get("setup_fee_minor") or entry.get("unit_surcharge_minor") for entry in product.customisation)
    if currency != product.currency and (fees or product.sample_price_minor):
        sentence = _("The sample price and fees are in %(currency)s. Take them out before you change the currency.") % {
            "currency": product.currency
        }
        raise BadInput(sentence, fields={"currency": sentence})


def _check_quantities(prices: Prices) -> None:
    if prices.quote_type not in QuoteKind.values:
        raise BadInput(_("Choose one of the three ways to quote."), fields={"quote_type": ""})
    for name, value in (("moq", prices.moq), ("order_multiple", prices.order_multiple)):
        within(value, name, 1, MOST_UNITS)


def _checked(prices: Prices) -> list[Tier]:
    """Return the tiers to store, rising by quantity; a price that would rise with it is refused (bad input 13)."""
    if prices.quote_type == QuoteKind.PER_VARIANT:
        return []
    if len(prices.tiers) > MOST_TIERS:
        raise BadInput(_("A product has at most %(most)s price tiers.") % {"most": MOST_TIERS}, fields={"tiers": ""})
    tiers = sorted(prices.tiers)
    for tier in tiers:
        if tier.unit_price.currency != prices.currency or tier.unit_price.minor <= 0 or tier.from_quantity < 1:
            raise BadInput(_("Each price must be above zero."), fields={"tiers": ""})
    for below, above in pairwise(tiers):
        if below.from_quantity == above.from_quantity:
            sentence = _("Two prices start from %(quantity)s. Leave one.") % {"quantity": above.from_quantity}
            raise BadInput(sentence, fields={"tiers": sentence})
        if above.unit_price > below.unit_price:
            sentence = _("From %(quantity)s on the price rises. More must not cost more for each unit.") % {
                "quantity": above.from_quantity
            }
            raise BadInput(sentence, fields={"tiers": sentence})
    return tiers


def _price_variants(product: Product, prices: Prices) -> None:
    """Give each variant its price where it has one, and take all away where it hasn't."""
    variants = list(product.variants.all())
    each = prices.quote_type == QuoteKind.PER_VARIANT
    for variant in variants:
        price = prices.variants.get(variant.public_id) if each else None
        variant.unit_price_minor = _positive(price, prices.currency) if price else None
    Variant.objects.bulk_update(variants, ["unit_price_minor"])


def _positive(price: Money, currency: str) -> int:
    if price.currency != currency or price.minor <= 0:
        raise BadInput(_("Each price must be above zero."), fields={"variants": ""})
    return price.minor


@transaction.atomic
def save_variants(product_id: int, variants: Sequence[VariantFacts], *, by: Actor, seen: str | None = None) -> Product:
    """Let the product come in these variants, in this order; those that aren't named any more go.

    A variant that stays keeps its public id. Raises ``NotAllowed``, ``ChangedMeanwhile``; ``BadInput`` for more than
    forty, for two alike, for one without a value, and for one without a price where each has its own and the product is
    on sale.
    """
    product = own_product(product_id, by=by, lock=True)
    check_seen(mark_of(product, "variants"), seen)
    variants = [replace(facts, options=[_cleaned(option) for option in facts.options]) for facts in variants]
    _check_variants(variants)
    there = {variant.public_id: variant for variant in product.variants.all()}
    if not {facts.public_id for facts in variants if facts.public_id} <= there.keys():
        raise BadInput(_("The variants have changed since you opened the page. Look again."))
    names = {variant.external_id for variant in there.values()}
    product.variants.exclude(public_id__in=[facts.public_id for facts in variants]).delete()
    for position, facts in enumerate(variants):
        variant = there.get(facts.public_id) or Variant(product=product, external_id=_name_of(facts, names))
        variant.position, variant.options = position, list(facts.options)
        variant.stock = within(facts.stock, "stock", 0, MOST_STOCK)
        variant.weight_g = within(facts.weight_g, "weight_g", *STATED["weight_g"])
        each = product.quote_type == QuoteKind.PER_VARIANT
        variant.unit_price_minor = _positive(facts.price, product.currency) if each and facts.price else None
        variant.save()
    return _stored(product, by)


def _cleaned(option: Mapping[str, str]) -> dict[str, str]:
    return {name: text(value, "variants", MOST_OF_ATTRIBUTE) for name, value in option.items()}


def _check_variants(variants: Sequence[VariantFacts]) -> None:
    if len(variants) > MOST_VARIANTS:
        raise BadInput(
            _("By hand a product has at most %(most)s variants; more come by file.") % {"most": MOST_VARIANTS}
        )
    found = set()
    for facts in variants:
        values = tuple(option["value_en"] or option["value_zh"] for option in facts.options)
        if not values or not all(values):
            raise BadInput(_("Each variant needs a value for each option, such as a colour."))
        if values in found:
            raise BadInput(_("Two variants are alike: %(value)s. Leave one.") % {"value": " / ".join(values)})
        found.add(values)


def _name_of(facts: VariantFacts, taken: set[str]) -> str:
    """Name a new variant by what it is, as the import does; by a number of ours where that name is taken."""
    name = "/".join(option["value_en"] or option["value_zh"] for option in facts.options)[:120]
    name = new_public_id() if name in taken else name
    taken.add(name)
    return name


def _stored(product: Product, by: Actor) -> Product:
    """Store it, unless it is on sale and would have no price any more."""
    product.save()
    fresh = Product.objects.get(pk=product.pk)
    if fresh.status == ProductStatus.LISTED:
        check_priced(fresh)
    changed(product, by=by)
    publish(ProductChanged(product_id=product.pk))
    return product


def check_priced(product: Product) -> None:
    """Raise ``BadInput`` unless the product can be sold: a price list, or a price for every variant."""
    if product.quote_type == QuoteKind.PER_VARIANT:
        prices = [variant.unit_price_minor for variant in product.variants.all()]
        if not prices or None in prices:
            raise BadInput(
                _("On sale every variant needs its price. Fill in the prices, or withdraw the product first."),
                fields={"variants": ""},
            )
    elif not product.price_tiers.exists():
        raise BadInput(_("This product has no price yet. Fill in at least one price first."), fields={"tiers": ""})
