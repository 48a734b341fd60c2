"""The tree of categories as files bring it; the product's own tree comes in through here at each start."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.models import Category
from caigou.catalogue.services.imports.sellers import bad_line, json_objects

#: The tree that every house starts with, in the order in which its groups are shown.
OWN_TREE: Final = tuple(
    Path(__file__).resolve().parents[2] / "data" / "categories" / f"{part}.jsonl"
    for part in ("home", "fashion", "technical")
)


@transaction.atomic
def load_own_categories() -> int:
    """Bring the tree that we wrote up to date and return how many categories it has; safe at every start."""
    return sum(import_categories(path) for path in OWN_TREE)


@transaction.atomic
def import_categories(path: Path) -> int:
    """Store every category of a JSON Lines file by its ``slug``; return how many. Safe to repeat.

    ``parent`` names a category of an earlier line or file; without it the category stands at the top. The order of
    the lines is the order in which the tree is shown. Raises ``BadInput`` naming the line that can't be used; then
    nothing is stored.
    """
    rows = json_objects(path, needed=("slug", "name_en", "name_zh"))
    known = {category.slug: category for category in Category.objects.select_related("parent")}
    position = max((category.position for category in known.values()), default=0)
    for number, row in rows:
        parent = known.get(row.get("parent") or "")
        if row.get("parent") and parent is None:
            raise bad_line(path, number, _("the parent %(slug)s stands in no earlier line") % {"slug": row["parent"]})
        category = known.get(row["slug"])
        if category is None:
            position += 1
            category = Category(slug=row["slug"], position=position)
        if parent is not None and f"{parent.path}/".startswith(f"{category.path or category.slug}/"):
            raise bad_line(path, number, _("a category can't stand below itself"))
        _bring_up_to_date(category, row, parent)
        known[category.slug] = category
    return len(rows)


def _bring_up_to_date(category: Category, row: dict[str, Any], parent: Category | None) -> None:
    says = {
        "parent": parent,
        "name_en": row["name_en"],
        "name_zh": row["name_zh"],
        "drawing": row.get("drawing") or "carton",
        "path": f"{parent.path}/{category.slug}" if parent else category.slug,
    }
    if category.pk and all(getattr(category, name) == value for name, value in says.items()):
        return
    for name, value in says.items():
        setattr(category, name, value)
    category.save()
