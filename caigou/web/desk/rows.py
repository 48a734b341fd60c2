"""Tables of fields: lines that are filled in, changed or left blank; a blank line is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _

from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money, parse_money

_Line = TypeVar("_Line", bound="Line")

#: Blank lines below the filled ones: who needs more saves and gets as many again.
BLANK = 3


class Line(forms.Form):
    """One line of a table: its fields have no labels of their own, so each says by its head what it is."""

    #: Fields that don't make a line a line: hidden names, ticks.
    silent: tuple[str, ...] = ()

    def __init__(self, *args: Any, without: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "use_required_attribute": False})
        for name in without:
            del self.fields[name]
        number = str(self.prefix or "").rpartition("-")[2]
        place = int(number) + 1 if number.isdigit() else 0
        for name, field in self.fields.items():
            field.required = False
            field.widget.attrs.pop("placeholder", None)
            words = _("%(field)s, line %(line)s") % {"field": field.label, "line": place}
            field.widget.attrs.update({"class": "field-control", "aria-label": words, "data-name": name})

    @property
    def said(self) -> bool:
        """Whether anything was written into the line."""
        values: Mapping[str, Any] = getattr(self, "cleaned_data", {})
        return any(value not in (None, "") for name, value in values.items() if name not in self.silent)

    def money(self, name: str, currency: str) -> Money | None:
        """Return what was written as a sum in ``currency``, None for nothing; a wrong one becomes the line's error."""
        text = self.cleaned_data.get(name) or ""
        if not text:
            return None
        try:
            return parse_money(text, currency)
        except BadInput as error:
            self.add_error(name, str(error))
            return None


def amount_field(label: Any) -> forms.CharField:
    """A sum as text, so that no digit is lost; read by ``Line.money`` in the product's currency."""
    return forms.CharField(
        label=label, max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )


def lines(
    line: type[_Line],
    data: Any,
    initial: Sequence[Mapping[str, Any]],
    *,
    most: int,
    prefix: str,
    blank: int = BLANK,
    without: Sequence[str] = (),
) -> BaseFormSet[_Line]:
    """Return a table of ``line`` with what there is and some blank ones; at most ``most`` are read.

    ``without`` names columns that say nothing here.
    """
    extra = min(blank, most - len(initial))
    kind = formset_factory(line, extra=max(extra, 0), max_num=most, absolute_max=most + BLANK, validate_max=True)
    return kind(data, initial=[dict(values) for values in initial], prefix=prefix, form_kwargs={"without": without})


def filled(table: BaseFormSet[_Line]) -> list[_Line]:
    """Return the lines that somebody filled in, in their order."""
    return [form for form in table.forms if form.said]


def heads(table: BaseFormSet[_Line]) -> Iterator[str]:
    """Yield what stands over each column."""
    form: forms.Form = table.empty_form
    for bound in form:
        if not bound.is_hidden:
            yield str(bound.label)


def pairs(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    """Return the values by their names."""
    return dict(zip(names, values, strict=True))
