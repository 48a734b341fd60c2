"""What ``field.html`` needs to know of a bound field: its kind, its ids and what describes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def kind_of(widget: forms.Widget) -> str:
    """Return tick, group, area, select, hidden or line: which drawing a widget gets."""
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, _GROUPS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.Textarea):
        return "area"
    if isinstance(widget, forms.Select):
        return "select"
    return "line"


def field_values(bound: BoundField, *, label: Any = "", help_text: Any = "", suffix: Any = "") -> dict[str, Any]:
    """Return the template's values. The control is tied to help and error by ``aria-describedby``."""
    widget_id = bound.id_for_label or bound.auto_id or bound.html_name
    help_words = help_text or bound.help_text
    described = [f"{widget_id}_help"] * bool(help_words) + [f"{widget_id}_error"] * bool(bound.errors)
    attributes: dict[str, Any] = {
        "class": "tick-box" if kind_of(bound.field.widget) in {"tick", "group"} else "field-control"
    }
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    bound.field.widget.attrs.pop("placeholder", None)  # a placeholder is never the label
    return {
        "bound": bound,
        "kind": kind_of(bound.field.widget),
        "control": bound.as_widget(attrs=attributes),
        "attributes": attributes,
        "widget_id": widget_id,
        "label": label or bound.label,
        "help_text": help_words,
        "suffix": suffix,
        "optional": not bound.field.required,
    }
