"""Forms about bank accounts, for both doors: shape only; check digits and the rest are the services' to judge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_choices
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES, Money, parse_money
from caigou.payments.bank.services.accounts import AccountDetails
from caigou.payments.settings import WALLET_CURRENCIES


def _currencies() -> list[tuple[str, str]]:
    first = [code for code in WALLET_CURRENCIES.value if code in CURRENCIES]
    return [(code, code) for code in [*first, *sorted(CURRENCIES.keys() - {*first, "PTS"})]]


class BankDetailsForm(forms.Form):
    """Whose account, at which bank, in which currency."""

    holder = forms.CharField(label=_("Account holder"), max_length=140)
    number = forms.CharField(label=_("IBAN or account number"), max_length=60)
    bank_name = forms.CharField(label=_("Bank"), max_length=140)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)
    country = forms.ChoiceField(label=_("Country of the bank"), choices=country_choices, initial="CN")
    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies)

    @property
    def details(self) -> AccountDetails:
        """What was typed; only after ``is_valid()``."""
        return AccountDetails(**{name: self.cleaned_data[name] for name in AccountDetails.__slots__})


class AmountForm(forms.Form):
    """An amount in one of the currencies of wallets."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=30,
        help_text=_("Plain digits with a point, such as 1234.50."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=lambda: [(c, c) for c in WALLET_CURRENCIES.value])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if "amount" in typed and self.currency_of(typed):
            try:
                typed["money"] = parse_money(typed["amount"], self.currency_of(typed))
            except BadInput as error:
                self.add_error("amount", str(error))
        return typed

    def currency_of(self, typed: dict[str, Any]) -> str:
        """Return in which currency the amount counts."""
        return str(typed.get("currency", ""))

    @property
    def money(self) -> Money:
        """The amount; only after ``is_valid()``."""
        money: Money = self.cleaned_data["money"]
        return money
