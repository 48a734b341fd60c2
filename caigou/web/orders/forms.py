"""Forms of the orders pages: shape only; what is allowed, the services say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.accounts.models import Address
from caigou.negotiation.services.ask import MOST_UNITS

#: Proposed while typing; any other name is as good.
CARRIERS = ("SF Express", "YTO Express", "ZTO Express", "STO Express", "Yunda", "JD Logistics", "EMS", "DHL", "FedEx")


class PlaceForm(forms.Form):
    """How many, and where to. ``shown`` is the quantity whose total stood on the button."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_UNITS)
    address = forms.ChoiceField(
        label=_("Deliver to"), error_messages={"required": _("Choose where the goods go, or add an address.")}
    )
    shown = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, addresses: Iterable[Address], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = {address.public_id: address for address in addresses}
        choices = [(public_id, str(address)) for public_id, address in self.addresses.items()]
        self.fields["address"].choices = choices  # type: ignore[attr-defined]

    @property
    def address_id(self) -> int:
        """The row of the chosen address; only after ``is_valid()``."""
        return self.addresses[self.cleaned_data["address"]].pk


class SumForm(forms.Form):
    """The sum that the button named, in minor units."""

    expected = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ShipForm(forms.Form):
    """Who carries the goods, under which number."""

    carrier = forms.CharField(
        label=_("Carrier"), max_length=80, widget=forms.TextInput(attrs={"list": "carriers", "autocomplete": "off"})
    )
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=80,
        help_text=_("As on the carrier's receipt; the buyer follows the goods by it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The other side reads it, as you wrote it."),
    )
    refund = forms.ChoiceField(
        label=_("Where shall the money go?"),
        choices=[
            ("wallet", _("Into the wallet")),
            ("source", _("Back to the card or account it was paid from, when our staff have looked at it")),
        ],
        initial="wallet",
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, asks_where: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_where:
            del self.fields["refund"]
