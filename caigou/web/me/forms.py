"""Forms about the person, the company and its addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_choices
from caigou.accounts.models import Address, Language, User

if TYPE_CHECKING:
    _OfUser = forms.ModelForm[User]
    _OfAddress = forms.ModelForm[Address]
else:
    _OfUser = _OfAddress = forms.ModelForm


class ProfileForm(_OfUser):
    """What a person says about themselves."""

    class Meta:
        model = User
        fields = ("name", "language")
        labels = {"name": _("Your name"), "language": _("Language")}
        help_texts = {"language": _("For the pages and for the e-mails that we send you.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class CompanyForm(forms.Form):
    """A buyer's company, or a person who buys for themselves."""

    name = forms.CharField(
        label=_("Company"),
        max_length=200,
        help_text=_("If you buy for yourself, your own name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)


class AddressForm(_OfAddress):
    """Where goods go. Only what every country needs is required (F3)."""

    country = forms.ChoiceField(
        label=_("Country"), choices=country_choices, widget=forms.Select(attrs={"autocomplete": "country"})
    )

    class Meta:
        model = Address
        fields = ("name", "phone", "line1", "line2", "city", "region", "postcode", "country")
        labels = {
            "name": _("Receiver"),
            "phone": _("Phone"),
            "line1": _("Street and number"),
            "line2": _("Building, unit"),
            "city": _("City"),
            "region": _("State or province"),
            "postcode": _("Postcode"),
        }
        help_texts = {"phone": _("With the country code, for the carrier.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "line1": forms.TextInput(attrs={"autocomplete": "address-line1"}),
            "line2": forms.TextInput(attrs={"autocomplete": "address-line2"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "region": forms.TextInput(attrs={"autocomplete": "address-level1"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
        }


class LanguageForm(forms.Form):
    """The one button of the bar."""

    language = forms.ChoiceField(choices=Language.choices)
