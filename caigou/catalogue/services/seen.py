"""What somebody had before them when they began to edit: of two who edit at once neither overwrites the other unseen.

A page carries the ``mark_of`` what it shows; whoever saves it brings the mark back, and is refused with
``ChangedMeanwhile`` when what is stored has another one by then. Each part of a product has its own, so that prices
and words can be edited side by side.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from django.utils.translation import gettext as _

from caigou.catalogue.models import Product, Supplier
from caigou.catalogue.services.imports.details import STATED
from caigou.kernel.errors import ChangedMeanwhile

_QUOTE: Final = attrgetter("currency", "quote_type", "moq", "order_multiple")


def _prices(product: Product) -> Any:
    tiers = [(tier.from_quantity, tier.unit_price.minor) for tier in product.own_tiers]
    return _QUOTE(product), tiers, [(one.public_id, one.unit_price_minor) for one in product.variants.all()]


def _variants(product: Product) -> Any:
    facts = attrgetter("public_id", "options", "unit_price_minor", "stock", "weight_g")
    return product.currency, product.quote_type, [facts(one) for one in product.variants.all()]


#: Figures of the source, and of the drawing: no page asks for them.
_ELSEWHERE: Final = {"sold", "hue", "look"}
#: What the page of each part shows.
_PARTS: Final[Mapping[str, Callable[[Product], Any]]] = {
    "words": attrgetter(
        "title_en", "title_zh", "description_en", "description_zh", "category_id", "unit", "attributes"
    ),
    "prices": _prices,
    "variants": _variants,
    "packing": attrgetter("hs_code", *sorted(STATED.keys() - _ELSEWHERE)),
    "service": attrgetter(
        "currency", "sample_offered", "sample_price_minor", "sample_most", "sample_days", "customisation"
    ),
}  # fmt: skip
_PROFILE: Final = attrgetter(
    "company.name_en", "company.name_zh", "kind", "country", "province", "province_zh", "city", "city_zh", "about_en",
    "about_zh", "years",
)  # fmt: skip


def mark_of(product: Product, part: str) -> str:
    """Return the mark of one part of a product: words, prices, variants, packing or service."""
    return _mark(_PARTS[part](product))


def mark_of_profile(supplier: Supplier) -> str:
    """Return the mark of what a supplier says about itself."""
    return _mark(_PROFILE(supplier))


def _mark(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def check_seen(now: str, seen: str | None) -> None:
    """Raise ``ChangedMeanwhile`` unless what is stored ``now`` is what was ``seen``; None: nobody looked at a page."""
    if seen is not None and seen != now:
        raise ChangedMeanwhile(_("Somebody has changed this since you opened it. Look at the value and try again."))
