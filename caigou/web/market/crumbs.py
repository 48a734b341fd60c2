"""Where in the tree of categories the reader is."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.catalogue.models import Category, Product
from caigou.ui.shapes import Crumb
from caigou.ui.words import own


def crumbs_of(product: Product) -> list[Crumb]:
    """Return the way from the start page down to the product's category, which the query must have selected."""
    way: list[Category] = []
    category = product.category
    while category is not None:
        way.insert(0, category)
        category = category.parent
    return [Crumb(_("Find goods"), reverse("web:home")), *(_crumb(category) for category in way)]


def _crumb(category: Category) -> Crumb:
    return Crumb(own(category.name_en, category.name_zh), reverse("web:category", args=[category.slug]))
