"""What somebody says about the columns of a file: beside each its first values, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caigou.catalogue.models import Category, ImportRun
from caigou.catalogue.services.imports.columns import CONSTANTS, SCALED
from caigou.catalogue.services.imports.meanings import MEANINGS, TIER, word_of
from caigou.catalogue.services.imports.values import MOST_UNITS
from caigou.kernel.money import CURRENCIES
from caigou.ui import formats

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise
#: Theirs to ours: millimetres and grams.
FACTORS: Final = (
    ("1", _("mm, g: as it stands")),
    ("10", _("cm → mm")),
    ("25.4", _("inch → mm")),
    ("1000", _("kg → g, m → mm")),
    ("453.592", _("lb → g")),
    ("500", _("斤 → g")),
)


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column as the page shows it; ``examples`` are its first values."""

    name: str
    examples: list[str]
    meaning: forms.BoundField
    times: forms.BoundField
    start: forms.BoundField


class ColumnsForm(forms.Form):
    """A choice for each column of the file's header, and values for the whole file."""

    name = forms.CharField(
        label=_("Keep this under a name"),
        max_length=80,
        help_text=_("The next file with these columns is read the same way, without a question."),
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        """``run`` waits for the names of its columns."""
        super().__init__(*args, **kwargs)
        self.header: list[str] = run.preview.get("header", [])
        self._rows: list[list[str]] = run.preview.get("rows", [])
        #: How many columns were too many to be asked about.
        self.left_out: int = run.preview.get("left_out", 0)
        guessed: Mapping[str, Mapping[str, Any]] = run.preview.get("guess", {})
        meanings = [("", _("Leave it out")), *MEANINGS]
        for place, column in enumerate(self.header):
            guess = guessed.get(column, {})
            self.fields[f"is_{place}"] = forms.ChoiceField(
                label=_("Meaning"), choices=meanings, required=False, initial=guess.get("field", "")
            )
            self.fields[f"times_{place}"] = forms.ChoiceField(
                label=_("Its unit"), choices=FACTORS, required=False, initial=guess.get("times", "1")
            )
            self.fields[f"from_{place}"] = forms.IntegerField(
                label=_("From units"), min_value=1, max_value=MOST_UNITS, required=False, initial=guess.get("from")
            )
        self._add_constants()

    def _add_constants(self) -> None:
        language = get_language() or "en"
        choices: dict[str, list[tuple[str, Words]]] = {
            "currency": [(code, code) for code in CURRENCIES if code != "PTS"],
            "unit": [(unit, formats.unit_word(unit, 1, language)) for unit in formats.UNITS],
            "category": [(slug, f"{zh} {en}") for slug, en, zh in _leaves()],
        }
        for name in CONSTANTS:
            label = word_of(name)
            if name in choices:
                every = [("", _("as each row says")), *choices[name]]
                self.fields[f"all_{name}"] = forms.ChoiceField(label=label, choices=every, required=False)
            else:
                most = 3_650 if name == "lead_days" else MOST_UNITS
                least = 0 if name == "lead_days" else 1
                self.fields[f"all_{name}"] = forms.IntegerField(
                    label=label, min_value=least, max_value=most, required=False
                )

    @property
    def rows(self) -> Iterator[ColumnRow]:
        """The columns with their first values and controls."""
        for place, column in enumerate(self.header):
            examples = list(dict.fromkeys(row[place] for row in self._rows if place < len(row) and row[place]))
            yield ColumnRow(
                column.replace("_", " "),
                examples,
                self[f"is_{place}"],
                self[f"times_{place}"],
                self[f"from_{place}"],
            )

    @property
    def whole_file(self) -> list[forms.BoundField]:
        """What no column says."""
        return [self[f"all_{name}"] for name in CONSTANTS]

    @property
    def columns(self) -> dict[str, dict[str, Any]]:
        """What was said, as mappings are kept."""
        said: dict[str, dict[str, Any]] = {}
        for place, column in enumerate(self.header):
            field = self.cleaned_data.get(f"is_{place}")
            times = self.cleaned_data.get(f"times_{place}") or "1"
            if field == TIER:
                said[column] = {"field": field, "from": self.cleaned_data.get(f"from_{place}")}
            elif field in SCALED and times != "1":
                said[column] = {"field": field, "times": times}
            elif field:
                said[column] = {"field": field}
        return said

    @property
    def constants(self) -> dict[str, str]:
        """The values for the whole file."""
        stated = {name: self.cleaned_data.get(f"all_{name}") for name in CONSTANTS}
        return {name: str(value) for name, value in stated.items() if value not in (None, "")}


def _leaves() -> list[tuple[str, str, str]]:
    """Return the categories that goods stand in: those with nothing below them."""
    leaves = Category.objects.filter(children=None).order_by("position")
    return list(leaves.values_list("slug", "name_en", "name_zh"))
