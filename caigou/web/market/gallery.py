"""The pictures of a product's page: the supplier's, those of its variants among them (F6)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from caigou.catalogue.models import Product, Variant
from caigou.files.shown import Shown
from caigou.ui.words import label_of


@dataclass(frozen=True, slots=True)
class View:
    """One picture with the words for those who don't see it; ``first`` is the one that the page opens with."""

    number: int
    shown: Shown
    words: str
    first: bool = False


def gallery(product: Product, chosen: Collection[int]) -> list[View]:
    """Return the pictures in the supplier's order, then those of variants; each once.

    ``chosen`` are the keys of the variants that are asked for: the page opens with the picture of the first one
    that has its own.
    """
    variants = {v.picture.sha256: v for v in reversed(product.variants.all()) if v.picture is not None}
    kept = {row.picture.sha256: row.picture.shown for row in product.pictures.all()}
    kept |= {sha: variant.picture.shown for sha, variant in reversed(variants.items()) if variant.picture is not None}
    opening = next(
        (v.picture.sha256 for v in product.variants.all() if v.picture and v.pk in chosen), next(iter(kept), "")
    )
    return [
        View(number, shown, _words(number, variants.get(sha)), sha == opening)
        for number, (sha, shown) in enumerate(kept.items(), 1)
    ]


def _words(number: int, variant: Variant | None) -> str:
    if variant is None:
        return _("Picture %(number)s") % {"number": number}
    return label_of(variant)
