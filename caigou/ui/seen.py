"""The mark of what a form shows, carried by its page (``catalogue.services.seen``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from caigou.kernel.errors import ChangedMeanwhile


def mark_to_carry(posted: Mapping[str, Any] | None, form: forms.Form, stored: str) -> str:
    """Return the mark for the page's hidden field ``seen``.

    A correction of what was mistyped is still about what was seen first. The mark of what is ``stored`` is for a fresh
    page, and for whoever has been told that it changed: saving again is a decision about that.
    """
    came = None if posted is None else posted.get("seen")
    return stored if came is None or form.has_error(NON_FIELD_ERRORS, ChangedMeanwhile.code) else str(came)
