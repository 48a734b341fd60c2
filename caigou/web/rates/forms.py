"""What the reader wants prices shown for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_choices
from caigou.kernel.money import CURRENCIES
from caigou.payments.settings import READER_CURRENCIES
from caigou.ui.currencies import currency_name


def currency_choices(chosen: str = "") -> list[tuple[str, str]]:
    """Return the currencies that readers can choose, named in their language; ``chosen`` is always among them."""
    codes = READER_CURRENCIES.value
    shown = codes if not chosen or chosen in codes else (*codes, chosen)
    return [(code, f"{code} · {currency_name(code)}") for code in shown]


class ReaderForm(forms.Form):
    """A place and a currency; both only change what is shown."""

    destination = forms.ChoiceField(
        label=_("Deliver to"),
        choices=lambda: [("", _("Not said yet")), *country_choices()],
        required=False,
    )
    currency = forms.ChoiceField(
        label=_("Estimates in"),
        choices=lambda: [(code, f"{code} · {currency_name(code)}") for code in CURRENCIES if code != "PTS"],
        help_text=_("Offers, orders and payments keep the currency in which they were made."),
    )
