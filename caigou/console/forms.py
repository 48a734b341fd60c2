"""The form with which staff hand in a supplier's catalogue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_choices
from caigou.catalogue.models import Supplier

ENDINGS = (".csv", ".jsonl", ".csv.gz", ".jsonl.gz")
_MEGABYTE = 1024 * 1024


class ImportForm(forms.Form):
    """A file, and who sells what is in it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or JSON Lines, plain or gzip. The file is read, never shown to anybody."),
        widget=forms.FileInput(attrs={"accept": ".csv,.jsonl,.gz"}),
    )
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
        choice = self.fields["supplier"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Supplier.objects.select_related("company").order_by("company__name_en")

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(ENDINGS):
            raise forms.ValidationError(_now("The name must end in .csv, .jsonl, .csv.gz or .jsonl.gz."))
        if (file.size or 0) > settings.CAIGOU_UPLOAD_MAX_MB * _MEGABYTE:
            raise forms.ValidationError(
                _now("The file is larger than %(most)s MB. Split it, or import it on the server with caigou import.")
                % {"most": settings.CAIGOU_UPLOAD_MAX_MB}
            )
        return file

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("supplier") and values.get("new_supplier", "").strip():
            raise forms.ValidationError(_now("Choose a supplier or name a new one, not both."))
        return values
