"""Forms of the bank pages: our accounts, statements and their columns, decisions and receipts."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Company, CompanyKind
from caigou.payments.bank.formats.tables import DAY_FORMATS, FIELDS, Meaning, Table, guessed
from caigou.payments.bank.models import AccountStatus, BankAccount
from caigou.ui.bank_forms import AmountForm, BankDetailsForm
from caigou.ui.words import name_of


class OurAccountForm(BankDetailsForm):
    """An account of ours, and why it is entered."""

    reason = forms.CharField(label=_("Reason"), min_length=3, max_length=300)


#: Names that a field of companies offers at most; a longer list is slower to read than a name is to write.
_OFFERED = 500


class CompanyInput(forms.TextInput):
    """A line that offers the names of all who trade here, as long as there aren't too many to offer."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        offers = f"{(attrs or {}).get('id') or name}_offers"
        line = super().render(name, value, {**(attrs or {}), "list": offers}, renderer)
        companies = Company.objects.exclude(kind=CompanyKind.OPERATOR).order_by("name_en")[: _OFFERED + 1]
        names = [(name_of(one),) for one in companies]
        if len(names) > _OFFERED:
            return line
        options = format_html_join("", '<option value="{}"></option>', names)
        return format_html('{}<datalist id="{}">{}</datalist>', line, offers, options)


class CompanyField(forms.CharField):
    """A company by its id or its whole name, in either language."""

    widget = CompanyInput

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = list(Company.objects.filter(public_id=text.lower())[:1])
        found = found or [*Company.objects.filter(name_en__iexact=text)[:2]]
        found = found or [*Company.objects.filter(name_zh=text)[:2]]
        if len(found) != 1:
            raise forms.ValidationError(gettext("No company, or more than one, has this name. Write its id instead."))
        return found[0]


class StatementForm(forms.Form):
    """A statement of the account that the page is about."""

    file = forms.FileField(label=_("Statement"), help_text=_("camt.053, camt.054, MT940, CSV or XLSX."))


class VirtualForm(forms.Form):
    """A number that the bank gave us for one buyer."""

    company = CompanyField(label=_("Company"), max_length=200, help_text=_("Its id or its whole name."))
    number = forms.CharField(label=_("IBAN or account number"), max_length=60)


class DecisionForm(forms.Form):
    """Whose a line is, and why."""

    company = CompanyField(
        label=_("Company"),
        max_length=200,
        required=False,
        help_text=_("Its id or its whole name. Left empty: a credit goes back to its payer, a debit is a fee."),
    )
    reason = forms.CharField(label=_("Reason"), min_length=3, max_length=300)


class ReceiptForm(AmountForm):
    """Money that arrived and whose statement isn't here yet, with a picture of what the bank shows."""

    account = forms.ModelChoiceField(
        label=_("Our account"),
        queryset=BankAccount.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choose"),
    )
    company = CompanyField(label=_("Company"), max_length=200, help_text=_("Its id or its whole name."))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reference = forms.CharField(label=_("The payer's reference"), max_length=140, required=False)
    payer_name = forms.CharField(label=_("Name of the other side"), max_length=140, required=False)
    picture = forms.FileField(
        label=_("Picture"), widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    )
    note = forms.CharField(label=_("Reason"), min_length=3, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["currency"]
        self.order_fields(["account", "company", "amount", "day"])
        field = cast("forms.ModelChoiceField[BankAccount]", self.fields["account"])
        field.queryset = BankAccount.objects.filter(status=AccountStatus.OPEN)

    def currency_of(self, typed: dict[str, Any]) -> str:
        account = typed.get("account")
        return account.currency if account is not None else ""


class ColumnsForm(forms.Form):
    """What the columns of a bank's table mean; what its header suggests is chosen already."""

    day_format = forms.ChoiceField(label=_("Days are written as"))
    decimal = forms.ChoiceField(label=_("Sign before the cents"), choices=[(".", "1,234.50"), (",", "1.234,50")])

    def __init__(self, table: Table, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guess = guessed(table)
        columns = [("", "–"), *((name, name) for name in table.header if name)]
        asked: dict[str, forms.Field] = {
            f"is_{name}": forms.ChoiceField(
                label=label, choices=columns, required=name == "day", initial=guess.columns.get(name, "")
            )
            for name, (label, _words) in FIELDS.items()
        }
        self.fields = {**asked, **self.fields}
        self.fields["day_format"].choices = [(form, _shown(form)) for form in DAY_FORMATS]  # type: ignore[attr-defined]
        self.fields["day_format"].initial = guess.day_format or DAY_FORMATS[0]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not typed.get("is_amount") and not (typed.get("is_credit") and typed.get("is_debit")):
            raise forms.ValidationError(gettext("Choose the amount, or both money in and money out."))
        return typed

    @property
    def meaning(self) -> Meaning:
        """What was said; only after ``is_valid()``."""
        typed = self.cleaned_data
        columns = {name: typed[f"is_{name}"] for name in FIELDS if typed.get(f"is_{name}")}
        return Meaning(columns, typed["day_format"], typed["decimal"])


def _shown(form: str) -> str:
    """Return a form of days as an example."""
    for sign, figure in (("%Y", "2026"), ("%m", "11"), ("%d", "23"), ("%H", "09"), ("%M", "30"), ("%S", "00")):
        form = form.replace(sign, figure)
    return form
