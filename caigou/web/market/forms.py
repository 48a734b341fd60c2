"""The forms with which a buyer asks for an offer of one product, or of several at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.kernel.ids import new_public_id
from caigou.negotiation.services.ask import LONGEST_WISH
from caigou.web.market.quantity import parse_quantity


class AskLine(forms.Form):
    """How many of one product; ``once`` tells a form that is sent twice from one that is sent again."""

    quantity = forms.CharField(
        label=_("Quantity"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    once = forms.SlugField(required=False, max_length=26, initial=new_public_id, widget=forms.HiddenInput)

    def clean_quantity(self) -> int:
        quantity: Any = parse_quantity(self.cleaned_data["quantity"])
        if quantity is None:
            raise forms.ValidationError(_("Write a whole number."))
        return int(quantity)


class WishForm(forms.Form):
    """What else matters, in the buyer's own words."""

    wish = forms.CharField(
        label=_("What matters to you"),
        required=False,
        max_length=LONGEST_WISH,
        help_text=_("Colours, logo, packing, the date by which you need it. The supplier reads it as you write it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AskForm(WishForm, AskLine):
    """The request for an offer of one product."""
