"""The form with which staff enter a rate of their own."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.kernel.money import CURRENCIES
from caigou.payments.rates.table import PIVOT
from caigou.ui.currencies import currency_name


def currency_choices(*, without: str = "") -> list[tuple[str, str]]:
    return [(code, f"{code} · {currency_name(code)}") for code in CURRENCIES if code not in ("PTS", without)]


class OwnRateForm(forms.Form):
    """1 of the base = so many of the currency, from a day on."""

    currency = forms.ChoiceField(label=_("Currency"), choices=lambda: currency_choices(without=PIVOT))
    base = forms.ChoiceField(
        label=_("One unit of"), choices=currency_choices, help_text=_("A currency whose rate is published.")
    )
    figure = forms.CharField(
        label=_("is worth"),
        max_length=22,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("So many of the currency above, such as 129.5."),
    )
    day = forms.DateField(label=_("Day of the rate"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Where it comes from"), max_length=200, help_text=_("Such as a bank's board."))
    sure = forms.BooleanField(label=_("I am sure, though it is far from the rate in force"), required=False)


class DayForm(forms.Form):
    """The day whose rates are looked up; the nearest earlier publications count."""

    on = forms.DateField(label=_("Rates of an earlier day"), widget=forms.DateInput(attrs={"type": "date"}))


class WithdrawForm(forms.Form):
    """Which rate, and why."""

    currency = forms.CharField(max_length=3, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), min_length=3, max_length=200)
