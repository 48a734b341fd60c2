"""The form with which a catalogue is handed in: a file, its pictures, and how its columns are read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caigou.catalogue.models import ColumnMapping, Supplier
from caigou.catalogue.services.imports import mappings_for

ENDINGS = (".csv", ".jsonl", ".xlsx", ".csv.gz", ".jsonl.gz")
_MEGABYTE = 1024 * 1024


class FileForm(forms.Form):
    """A file and, if there are any, a ZIP file of pictures."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx), CSV or JSON Lines. The file is read, never shown to anybody."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.jsonl,.gz"}),
    )
    pictures = forms.FileField(
        label=_("Pictures"),
        required=False,
        help_text=_("A ZIP file. A picture belongs to the product that names it, or after which it is called."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )
    mapping = forms.ModelChoiceField(
        label=_("Columns"),
        queryset=ColumnMapping.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label=_("Found by the first line"),
    )

    def __init__(self, *args: Any, supplier: Supplier | None = None, **kwargs: Any) -> None:
        """``supplier``: whose saved mappings can be chosen; without one, the platform's."""
        super().__init__(*args, **kwargs)
        choice = self.fields["mapping"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = mappings_for(supplier)

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not (file.name or "").lower().endswith(ENDINGS):
            raise forms.ValidationError(gettext("The name must end in .xlsx, .csv, .jsonl, .csv.gz or .jsonl.gz."))
        return _not_too_large(file)

    def clean_pictures(self) -> UploadedFile[bytes] | None:
        file: UploadedFile[bytes] | None = self.cleaned_data["pictures"]
        if file is None:
            return None
        if not (file.name or "").lower().endswith(".zip"):
            raise forms.ValidationError(gettext("The name must end in .zip."))
        return _not_too_large(file)


def _not_too_large(file: UploadedFile[bytes]) -> UploadedFile[bytes]:
    if (file.size or 0) > settings.CAIGOU_UPLOAD_MAX_MB * _MEGABYTE:
        raise forms.ValidationError(
            gettext("The file is larger than %(most)s MB. Split it, or import it on the server with caigou import.")
            % {"most": settings.CAIGOU_UPLOAD_MAX_MB}
        )
    return file
