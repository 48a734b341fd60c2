"""The tree of categories on pages: the groups of the start page, the way to a category, and what is below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.catalogue.tree import Branch, tree
from caigou.search.ports import IndexNotReady
from caigou.search.services import Query, index
from caigou.ui.shapes import Crumb
from caigou.ui.words import own

#: Categories named below each group of the start page.
NAMED = 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with how many goods are in it and below it; ``below`` are the fullest of those beneath."""

    branch: Branch
    count: int
    below: list[Shelf]

    @property
    def drawing(self) -> str:
        return self.branch.drawing


def _counts() -> Mapping[str, int]:
    """Return how many goods are listed in each category, as the index counts them; nothing while it is rebuilt."""
    try:
        return index().search(Query(size=1)).facets.get("category", {})
    except IndexNotReady:
        return {}


def groups(*, named: int | None = NAMED) -> list[Shelf]:
    """Return the groups at the top of the tree that have goods, in the order of the tree.

    Each names the ``named`` fullest categories below it; all of them for None.
    """
    counts = _counts()
    return [
        Shelf(branch, counts[branch.slug], _below(branch.slug, counts)[:named])
        for branch in tree().tops
        if counts.get(branch.slug)
    ]


def shelves_below(slug: str) -> list[Shelf]:
    """Return what is directly below a category and has goods, the fullest first."""
    return _below(slug, _counts())


def _below(slug: str, counts: Mapping[str, int]) -> list[Shelf]:
    shelves = [Shelf(one, counts[one.slug], []) for one in tree().below(slug) if counts.get(one.slug)]
    return sorted(shelves, key=lambda shelf: -shelf.count)


def branch_crumbs(slug: str, *, last: bool = True) -> list[Crumb]:
    """Return the way from the start page to a category; ``last``: it is the page itself and no link."""
    way = tree().way_to(slug)
    crumbs = [Crumb(own(one.name_en, one.name_zh), reverse("web:category", args=[one.slug])) for one in way]
    if crumbs and last:
        crumbs[-1] = Crumb(crumbs[-1].word)
    return [Crumb(_("Find goods"), reverse("web:home")), *crumbs] if crumbs else []


def tree_crumbs() -> list[Crumb]:
    """Return the way to the page of all categories."""
    return [Crumb(_("Find goods"), reverse("web:home")), Crumb(_("All categories"))]
