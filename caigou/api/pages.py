"""Cursor pages of a company's own lists: newest first, and what is new never moves what was read."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from caigou.kernel.errors import BadInput

Row = TypeVar("Row", bound=Model)


class PageIn(BaseModel):
    """How much of a list, and from where on."""

    model_config = ConfigDict(extra="ignore")

    limit: int = Field(default=25, ge=1, le=100)
    cursor: str = Field(default="", max_length=120, description="``next`` of the page before; empty begins anew.")


class NoCursor(BadInput):
    """A text that no page of this list gave."""

    def __init__(self, cursor: str) -> None:
        super().__init__(
            _("This is no cursor of ours. Take the one that the page before gave."), fields={"cursor": cursor}
        )


def page_of(rows: QuerySet[Row], asked: PageIn) -> tuple[list[Row], str | None]:
    """Return a page of ``rows``, newest first, and the cursor of the next one, None at the end.

    A cursor is the public id of the last row that was read, so one that the asker may not see is none.
    Raises ``NoCursor``.
    """
    if asked.cursor:
        last = rows.filter(public_id=asked.cursor).values_list("pk", flat=True).first()
        if last is None:
            raise NoCursor(asked.cursor)
        rows = rows.filter(pk__lt=last)
    found = list(rows.order_by("-pk")[: asked.limit + 1])
    page = found[: asked.limit]
    return page, public_id_of(page[-1]) if len(found) > asked.limit else None


def public_id_of(row: Any) -> str:
    """Return what the outside calls a row."""
    return str(row.public_id)
