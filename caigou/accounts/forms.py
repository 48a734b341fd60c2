"""Forms about people that more than one door shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_question
from caigou.accounts.models import CompanyKind, User
from caigou.accounts.services.join import found_company


class SignupForm(forms.Form):
    """What allauth asks beside e-mail and password: a name, the company, the country."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    company = forms.CharField(
        label=_("Company"),
        max_length=200,
        required=False,
        help_text=_("Leave empty if you buy for yourself."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=country_question, widget=forms.Select(attrs={"autocomplete": "country"})
    )

    def signup(self, request: Any, user: User) -> None:
        """Open the buyer's company; allauth calls this once, in the request that signs up."""
        values = self.cleaned_data
        found_company(
            user, kind=CompanyKind.BUYER, name_en=values["company"] or values["name"], country=values["country"]
        )
