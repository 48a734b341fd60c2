"""The form with which staff hand in a supplier's catalogue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_choices
from caigou.catalogue.models import Supplier
from caigou.ui.imports.forms import FileForm


class ImportForm(FileForm):
    """A file, its pictures, and who sells what is in it."""

    supplier = forms.ModelChoiceField(
        label=_("Supplier"),
        queryset=Supplier.objects.none(),
        required=False,
        empty_label=_("Each row names its own"),
    )
    new_supplier = forms.CharField(
        label=_("Or a new supplier's name"),
        max_length=200,
        required=False,
        help_text=_("Opened as a trader that nobody has verified yet."),
    )
    country = forms.ChoiceField(
        label=_("Country of the new supplier"), choices=country_choices, initial="CN", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["file", "supplier", "new_supplier", "country", "pictures", "mapping"])
        choice = self.fields["supplier"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Supplier.objects.select_related("company").order_by("company__name_en")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("supplier") and values.get("new_supplier", "").strip():
            raise forms.ValidationError(gettext("Choose a supplier or name a new one, not both."))
        return values
