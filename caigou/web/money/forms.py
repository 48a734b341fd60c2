"""The recharge form: shape only; limits and currencies are the service's to judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money, parse_money
from caigou.payments.services.recharge import gateways
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.wallets.models import Instrument


def _gateway_choices() -> list[tuple[str, Any]]:
    return [(name, _("Sandbox: no real money moves") if way.is_sandbox else name) for name, way in gateways().items()]


class RechargeForm(forms.Form):
    """How much, in which currency, by which way."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=30,
        help_text=_("Plain digits with a point, such as 1234.50."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=lambda: [(c, c) for c in WALLET_CURRENCIES.value])
    gateway = forms.ChoiceField(label=_("Pay by"), choices=_gateway_choices, widget=forms.RadioSelect)

    def __init__(self, linked: Sequence[Instrument], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("None")), *((one.public_id, str(one)) for one in linked)]
        self.fields["instrument"] = forms.ChoiceField(label=_("Accounts and cards"), choices=choices, required=False)
        if not linked:
            del self.fields["instrument"]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if "amount" in typed and "currency" in typed:
            try:
                typed["money"] = parse_money(typed["amount"], typed["currency"])
            except BadInput as error:
                self.add_error("amount", str(error))
        return typed

    @property
    def money(self) -> Money:
        """The amount; only after ``is_valid()``."""
        money: Money = self.cleaned_data["money"]
        return money
