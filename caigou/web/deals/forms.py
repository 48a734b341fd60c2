"""Forms of the deals pages: they see to the shape of what was typed; what is allowed, the services say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.catalogue.pricing import tier_for
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money, parse_money
from caigou.negotiation.models import Inquiry, Offer
from caigou.negotiation.services.ask import MOST_UNITS
from caigou.negotiation.services.offer import LONGEST_NOTE, Terms
from caigou.ui.words import language_of

#: For how many hours an offer can be open, and the words for it.
VALIDITIES = (
    (24, _("24 hours")),
    (48, _("48 hours")),
    (72, _("3 days")),
    (168, _("7 days")),
    (336, _("14 days")),
    (720, _("30 days")),
)
#: What is proposed where the listing doesn't say how long the goods take to make.
USUAL_LEAD_DAYS = 30


class OfferForm(forms.Form):
    """A supplier's terms. ``currency`` is the listing's."""

    unit_price = forms.CharField(
        label=_("Unit price, delivery included"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_UNITS)
    moq = forms.IntegerField(
        label=_("Least order (MOQ)"),
        min_value=1,
        max_value=MOST_UNITS,
        help_text=_("The buyer may order from this many up to the quantity above, at the same price."),
    )
    deliver_by = forms.DateField(
        label=_("Delivered by"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    valid_for = forms.TypedChoiceField(label=_("Offer is open for"), choices=VALIDITIES, coerce=int)
    note = forms.CharField(
        label=_("Note to the buyer"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In your own language; the buyer sees it as you wrote it."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def clean_unit_price(self) -> Money:
        try:
            return parse_money(self.cleaned_data["unit_price"], self.currency)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error

    def terms(self) -> Terms:
        """Return what was typed as terms; only after ``is_valid()``."""
        typed = self.cleaned_data
        return Terms(
            unit_price=typed["unit_price"],
            quantity=typed["quantity"],
            moq=typed["moq"],
            deliver_by=typed["deliver_by"],
            valid_until=now() + timedelta(hours=typed["valid_for"]),
            note=typed["note"],
            note_language=language_of(typed["note"]),
        )


def proposed_terms(inquiry: Inquiry, last: Offer | None) -> dict[str, Any]:
    """Return what stands in the form at first: the last offer's terms, else the listing's for the asked quantity."""
    product = inquiry.product
    tier = tier_for(product.tiers, inquiry.quantity)
    lead = product.lead_days or USUAL_LEAD_DAYS
    earliest = now().date() + timedelta(days=lead)
    if last is not None:
        return {
            "unit_price": last.unit_price.amount,
            "quantity": last.quantity,
            "moq": last.moq,
            "deliver_by": max(last.deliver_by, now().date() + timedelta(days=1)),
            "valid_for": 72,
        }
    return {
        "unit_price": tier.unit_price.amount if tier else "",
        "quantity": inquiry.quantity,
        "moq": min(product.moq, inquiry.quantity),
        "deliver_by": earliest,
        "valid_for": 72,
    }


class AcceptForm(forms.Form):
    """The sum that the accept button named, in minor units."""

    expected = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
