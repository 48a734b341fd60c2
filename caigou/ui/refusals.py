"""How a refusal by a service reaches the reader: under the field it is about, or as one sentence on the page."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _

from caigou.kernel.errors import DomainError, IllegalMove


def sentence_of(error: DomainError) -> str:
    """Return what to tell the reader. A move that the life cycle hasn't is news from the other side, not a fault."""
    if isinstance(error, IllegalMove):
        return _("This is no longer possible: things have moved on since you opened the page. Nothing was changed.")
    return str(error)


def put_on(form: forms.Form, error: DomainError, names: Mapping[str, str] | None = None) -> None:
    """Put a refusal on the form: under each field at fault that the form has, above all fields otherwise.

    ``names`` translates the service's names of values into the form's.
    """
    asked: Mapping[str, str] = names or {}
    found = [field for field in (asked.get(name, name) for name in error.fields) if field in form.fields]
    for field in found:
        form.add_error(field, sentence_of(error))
    if not found:
        form.add_error(None, forms.ValidationError(sentence_of(error), code=error.code))
