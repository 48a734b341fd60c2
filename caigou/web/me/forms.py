"""Forms about the person, the company and its addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caigou.accounts.address_rules import Rules, rules_of
from caigou.accounts.countries import country_choices, country_question
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
    country = forms.ChoiceField(
        label=_("Country"), choices=country_question, widget=forms.Select(attrs={"autocomplete": "country"})
    )


class AddressForm(_OfAddress):
    """Where goods go. It asks for what carriers in the chosen country need, in their words (F3).

    Without JavaScript the fields of the country that was chosen last are shown; the service says what is missing.
    """

    country = forms.ChoiceField(label=_("Country"), choices=country_choices)

    field_order = ("country", "name", "phone", "line1", "line2", "city", "region", "postcode")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["country"].value() or ""
        rules = rules_of(str(chosen))
        self.fields["city"].label = str(rules.city_word)
        for name, need, word in (
            ("region", rules.region, rules.region_word),
            ("postcode", rules.postcode, rules.postcode_word),
        ):
            self.fields[name].label, self.fields[name].required = str(word), need == "required"
            if need == "unused":
                del self.fields[name]
        if rules.example and "postcode" in self.fields:
            self.fields["postcode"].help_text = gettext("Such as %(example)s") % {"example": rules.example}
        if rules.regions and "region" in self.fields:
            self._offer_regions(rules)

    def _offer_regions(self, rules: Rules) -> None:
        """Let the region be chosen; one that was written in another script stays among the choices."""
        written = str(self["region"].value() or "")
        choices = [("", "—"), *((code, _region_words(code, names)) for code, names in rules.regions.items())]
        if written and written not in rules.regions:
            choices.append((written, written))
        self.fields["region"].widget = forms.Select(choices=choices, attrs={"autocomplete": "address-level1"})

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
        help_texts = {"phone": _("For the carrier; without a country code it is one of the country above.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "line1": forms.TextInput(attrs={"autocomplete": "address-line1"}),
            "line2": forms.TextInput(attrs={"autocomplete": "address-line2"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "region": forms.TextInput(attrs={"autocomplete": "address-level1"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
        }


def _region_words(code: str, names: tuple[str, ...]) -> str:
    """Return what a choice says: a short code is explained, a name is enough."""
    return f"{names[0]} ({code})" if names and code.isupper() and len(code) <= 3 else code


class LanguageForm(forms.Form):
    """The one button of the bar."""

    language = forms.ChoiceField(choices=Language.choices)
