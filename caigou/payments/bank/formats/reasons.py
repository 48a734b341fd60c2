"""Why a statement is refused and how to mend it: a code, a sentence, and what to do (promise 21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caigou.kernel.errors import BadInput

#: Problems that one refusal lists; a file with more has one cause for all of them.
MOST_SHOWN: Final = 50

SENTENCES: Final[Mapping[str, tuple[Any, Any]]] = {
    "empty_file": (
        gettext_lazy("The file is empty."),
        gettext_lazy("Download it from the bank again."),
    ),
    "too_large": (
        gettext_lazy("The file is larger than %(megabytes)s MB."),
        gettext_lazy("Download shorter periods, such as a week each."),
    ),
    "unknown_format": (
        gettext_lazy("This is no camt.053, camt.054, MT940, CSV or XLSX file."),
        gettext_lazy("Choose one of these formats in the bank's portal."),
    ),
    "bad_xml": (
        gettext_lazy("The XML is damaged, or declares a document type, which no bank does."),
        gettext_lazy("Download the file again, and don't open and save it in between."),
    ),
    "bad_mt940": (
        gettext_lazy("The MT940 message can't be read."),
        gettext_lazy("Download the file again, or choose camt.053 or CSV in the bank's portal."),
    ),
    "bad_workbook": (
        gettext_lazy("The workbook is damaged, encrypted or holds what no statement does."),
        gettext_lazy("Open it, save it as a new .xlsx file without a password, or export CSV."),
    ),
    "utf16": (
        gettext_lazy("The file is written in UTF-16."),
        gettext_lazy("Save it as CSV in UTF-8 or GB18030."),
    ),
    "bad_text": (
        gettext_lazy("The file is neither UTF-8 nor GB18030."),
        gettext_lazy("Save it as CSV in UTF-8."),
    ),
    "no_header": (
        gettext_lazy("No row near the top names columns."),
        gettext_lazy("Leave the bank's header row in the file."),
    ),
    "no_entries": (
        gettext_lazy("No statement is in this file."),
        gettext_lazy("Check that it is a statement or an advice of entries, not a balance report."),
    ),
    "other_account": (
        gettext_lazy("The file is about account %(found)s, not about %(wanted)s."),
        gettext_lazy("Choose the account that the file is about."),
    ),
    "other_currency": (
        gettext_lazy("The file counts in %(found)s, the account in %(wanted)s."),
        gettext_lazy("Choose the account in that currency."),
    ),
    "does_not_add_up": (
        gettext_lazy("Opening balance and entries make %(made)s, but the closing balance is %(closing)s."),
        gettext_lazy("Lines are missing or were changed. Download the file again and don't edit it."),
    ),
    "balance_breaks": (
        gettext_lazy("The balance after this line should be %(made)s, but the file says %(said)s."),
        gettext_lazy("A line before it is missing or was changed. Download the file again and don't edit it."),
    ),
    "bad_day": (
        gettext_lazy("“%(value)s” is no day of the form that was chosen."),
        gettext_lazy("Choose the form of the days anew, or mend the cell."),
    ),
    "bad_amount": (
        gettext_lazy("“%(value)s” is no exact amount."),
        gettext_lazy("Choose the sign before the cents anew, or mend the cell."),
    ),
    "no_amount": (
        gettext_lazy("This line has no amount, or one on both sides."),
        gettext_lazy("Check which columns are money in and money out."),
    ),
    "doubtful_cell": (
        gettext_lazy("The cell “%(value)s” is a formula, an error or a number that lost digits."),
        gettext_lazy("Write the value itself into the cell, as text."),
    ),
    "too_many": (
        gettext_lazy("The file has more than %(most)s lines."),
        gettext_lazy("Download shorter periods, such as a week each."),
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason; ``line`` is the line or entry of the file that it is about, 0 for the whole."""

    code: str
    line: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        return str(SENTENCES[self.code][0]) % self.params

    @property
    def mend(self) -> str:
        """What to do about it, in the reader's language."""
        return str(SENTENCES[self.code][1]) % self.params


class StatementRefused(BadInput):
    """Nothing of the file was taken in; ``problems`` say why, line by line where lines are at fault."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems[:MOST_SHOWN])
        first = self.problems[0]
        words = f"{first.reason} {first.mend}"
        if first.line:
            words = _("Line %(line)s: %(words)s") % {"line": first.line, "words": words}
        super().__init__(words, code=first.code, fields={"file": words})


def refuse(code: str, line: int = 0, **params: Any) -> StatementRefused:
    """Return the refusal for one problem; values are cut to what a page can show."""
    return StatementRefused([Problem(code, line, {name: str(value)[:80] for name, value in params.items()})])
