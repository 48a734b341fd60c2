"""The tree of categories, as every process remembers it for a minute: pages name hundreds of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caigou.catalogue.models import Category
from caigou.kernel.recent import Recent


@dataclass(frozen=True, slots=True)
class Branch:
    """One category, named in both languages, with the slugs of what stands directly below it."""

    slug: str
    path: str
    name_en: str
    name_zh: str
    drawing: str
    children: Sequence[str] = ()

    @property
    def way(self) -> list[str]:
        """The slugs from the top down to this one."""
        return self.path.split("/")


class Tree:
    """All categories by slug, in the order in which they are shown."""

    def __init__(self, branches: Mapping[str, Branch], slugs: Mapping[int, str] | None = None) -> None:
        """``slugs`` by the number that the database gave a category."""
        self._branches, self._slugs = branches, slugs or {}
        self.tops: list[Branch] = [branch for branch in branches.values() if "/" not in branch.path]

    def get(self, slug: str) -> Branch | None:
        """Return the category of that slug, None when there is none."""
        return self._branches.get(slug)

    def numbered(self, number: int) -> Branch | None:
        """Return the category that the database gave that number, None for one made since the tree was read."""
        return self._branches.get(self._slugs.get(number, ""))

    def way_to(self, slug: str) -> list[Branch]:
        """Return the categories from the top down to ``slug``; empty for one that doesn't exist."""
        branch = self._branches.get(slug)
        return [self._branches[each] for each in branch.way if each in self._branches] if branch else []

    def below(self, slug: str) -> list[Branch]:
        """Return what stands directly below ``slug``, or the tops for an empty one."""
        if not slug:
            return self.tops
        branch = self._branches.get(slug)
        return [self._branches[each] for each in branch.children] if branch else []


def _read() -> Tree:
    columns = ("pk", "slug", "path", "name_en", "name_zh", "drawing")
    rows = list(Category.objects.order_by("position", "pk").values_list(*columns))
    below: dict[str, list[str]] = {}
    for _pk, slug, path, *_names in rows:
        below.setdefault(path.rpartition("/")[0].rpartition("/")[2], []).append(slug)
    branches = {row[1]: Branch(*[*row[1:], below.get(row[1], ())]) for row in rows}
    return Tree(branches, {row[0]: row[1] for row in rows})


#: The tree as it is now, or was at most a minute ago.
tree: Recent[Tree] = Recent(_read, seconds=60)


def branch_of(number: int | None) -> Branch | None:
    """Return the category of that number, also when it was made a moment ago; None without one."""
    if number is None:
        return None
    found = tree().numbered(number)
    if found is None:
        tree.forget()
        found = tree().numbered(number)
    return found
