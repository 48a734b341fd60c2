"""What the values of a facet are called in the reader's language.

The names of places come from PostgreSQL and are remembered for a minute, like the tree of categories.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from caigou.accounts.countries import country_name
from caigou.catalogue.models import Qualification, Supplier, SupplierKind
from caigou.catalogue.tree import tree
from caigou.kernel.recent import Recent


def _read_provinces() -> dict[str, str]:
    named = Supplier.objects.exclude(province_zh="").values_list("province", "province_zh").distinct()
    return dict(named.order_by("province", "province_zh"))


#: The Chinese name of each province.
province_names: Recent[dict[str, str]] = Recent(_read_provinces, seconds=60)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _category(slug: str) -> str:
    branch = tree().get(slug)
    if branch is None:
        return slug
    return (branch.name_zh or branch.name_en) if _is_chinese() else (branch.name_en or branch.name_zh)


def _province(name: str) -> str:
    return province_names().get(name, name) if _is_chinese() else name


def _days(value: str) -> str:
    days = int(value)
    return ngettext("up to %(days)s day", "up to %(days)s days", days) % {"days": days}


_LABELS: dict[str, Callable[[str], Any]] = {
    "qualification": lambda value: Qualification(value).label if value in Qualification.values else value,
    "kind": lambda value: SupplierKind(value).label if value in SupplierKind.values else value,
    "category": _category,
    "province": _province,
    "country": country_name,
    "moq": lambda value: _("up to %(quantity)s") % {"quantity": f"{int(value):,}"},
    "lead": _days,
    "rating": lambda value: _("%(rating)s and more") % {"rating": f"{int(value) // 10}.{int(value) % 10}"},
    "sample": lambda value: _("Sample offered"),
    "own_logo": lambda value: _("Your own logo"),
}


def label_of(facet: str, value: str) -> Any:
    """Return what ``value`` of ``facet`` is called."""
    return _LABELS.get(facet, str)(value)
