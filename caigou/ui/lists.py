"""What lists to work on share: what was asked for in the address, and tabs that keep it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from caigou.ui.shapes import Tab

PAGE = 50
_LONGEST = 100
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_Row = TypeVar("_Row", bound=Model)


def asked(request: HttpRequest, *names: str) -> dict[str, str]:
    """Return these parameters of the address, short and without what no database reads."""
    return {name: request.GET.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in names}


def posted(request: HttpRequest, name: str) -> str:
    """Return what was posted under ``name``, without the one sign that PostgreSQL refuses; empty for nothing."""
    return request.POST.get(name, "").replace("\0", "")


def posted_number(request: HttpRequest, name: str) -> int | None:
    """Return the whole number that a form of ours carries under ``name``, in a bigint's range; None for other text."""
    text = posted(request, name)
    return int(text) if _NUMBER.fullmatch(text) else None


def one_of(value: str, allowed: Iterable[str]) -> str:
    """Return the value if it is one of those, else nothing."""
    return value if value in set(allowed) else ""


def holding(words: str, *fields: str) -> Q:
    """Return the condition that each word stands in one of the fields, whatever its capitals."""
    found = Q()
    for word in words.split()[:8]:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        found &= anywhere
    return found


def page_of(request: HttpRequest, rows: QuerySet[_Row]) -> Page[_Row]:
    """Return the page that was asked for; one beyond the last is the last."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def tabs(
    here: str, name: str, chosen: str, words: Iterable[tuple[str, Any]], counts: Mapping[str, int], **kept: str
) -> list[Tab]:
    """Return a tab for each value of the parameter ``name``, the empty one for all; the others of the address stay."""
    rest = {key: value for key, value in kept.items() if value}

    def to(value: str) -> str:
        query = {**rest, **({name: value} if value else {})}
        return f"{here}?{urlencode(query)}" if query else here

    return [Tab(word, to(value), value == chosen, counts.get(value, 0)) for value, word in words]
