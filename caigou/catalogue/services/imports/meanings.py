"""What a column of somebody else's file can mean, in the words of the person who knows the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

#: Beside our own fields: a price from a quantity on, and a line of the product's facts.
TIER: Final = "tier"
ATTRIBUTE: Final = "attribute"
#: What a column can mean, in the words of the person who knows the file.
MEANINGS: Final[Sequence[tuple[Words, Sequence[tuple[str, Words]]]]] = (
    (
        _("Name and text"),
        (
            ("external_id", _("Your number of the product")),
            ("title_en", _("Title in English")),
            ("title_zh", _("Title in Chinese")),
            ("description_en", _("Description in English")),
            ("description_zh", _("Description in Chinese")),
            ("category", _("Category")),
            ("supplier", _("Supplier")),
            ("pictures", _("File names of pictures")),
            (ATTRIBUTE, _("A fact of the product")),
        ),
    ),
    (
        _("Price and order"),
        (
            ("price", _("Price")),
            (TIER, _("Price from a quantity on")),
            ("tiers", _("Price list (100:13.80|500:12.60)")),
            ("currency", _("Currency")),
            ("moq", _("Smallest order (MOQ)")),
            ("order_multiple", _("Order multiple")),
            ("unit", _("Unit")),
            ("variants", _("Variants")),
            ("quote_type", _("Way of quoting")),
            ("lead_days", _("Lead time in days")),
        ),
    ),
    (
        _("Packing"),
        (
            ("carton_pieces", _("Units in a carton")),
            ("carton_length_mm", _("Carton: length")),
            ("carton_width_mm", _("Carton: width")),
            ("carton_height_mm", _("Carton: height")),
            ("carton_weight_g", _("Carton: gross weight")),
            ("weight_g", _("Weight of one unit")),
        ),
    ),
    (
        _("More"),
        (
            ("sample_offered", _("Sample: yes or no")),
            ("sample_price", _("Sample: price")),
            ("sample_most", _("Sample: at most")),
            ("sample_days", _("Sample: days")),
            ("customisation", _("Customisation")),
            ("hs_code", _("HS code")),
            ("rating_average", _("Rating")),
            ("rating_count", _("Number of ratings")),
            ("sold", _("Units sold")),
            ("source_url", _("Address of its page")),
            ("attributes", _("All facts (Material=Glass;…)")),
            ("drawing", _("Drawing")),
            ("hue", _("Colour of the drawing")),
            ("look", _("Variation of the drawing")),
        ),
    ),
)
_WORDS: Final = {field: words for _title, meanings in MEANINGS for field, words in meanings}


def word_of(field: str) -> Words:
    """Return what a field is called where columns are named."""
    return _WORDS[field]


def words_of(fields: Iterable[str]) -> str:
    """Return what several fields are called, as a list in the reader's language."""
    between = "、" if (get_language() or "").startswith("zh") else ", "
    return between.join(str(word_of(field)) for field in fields)
