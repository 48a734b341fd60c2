"""The form of a supplier's profile: the supplier fills it in at its desk, staff in the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_choices
from caigou.catalogue.models import Supplier, SupplierKind


class ProfileForm(forms.Form):
    """A company as buyers see it; Chinese first."""

    name_zh = forms.CharField(label=_("Company name in Chinese"), max_length=200, required=False)
    name_en = forms.CharField(
        label=_("Company name in English"), max_length=200, help_text=_("As on your business licence and invoices.")
    )
    kind = forms.ChoiceField(label=_("You are a"), choices=SupplierKind.choices, widget=forms.RadioSelect())
    years = forms.IntegerField(label=_("Years in business"), min_value=0, max_value=300, required=False)
    country = forms.ChoiceField(label=_("Goods leave from"), choices=country_choices)
    province_zh = forms.CharField(label=_("Province in Chinese"), max_length=30, required=False)
    province = forms.CharField(label=_("Province in English"), max_length=60, required=False)
    city_zh = forms.CharField(label=_("City in Chinese"), max_length=30, required=False)
    city = forms.CharField(label=_("City in English"), max_length=60, required=False)
    about_zh = forms.CharField(
        label=_("About you in Chinese"), max_length=3_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    about_en = forms.CharField(
        label=_("About you in English"),
        max_length=3_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you make, with what machines, for whom. Buyers read it as “not verified”."),
    )

    @classmethod
    def of(cls, supplier: Supplier, data: Any = None) -> ProfileForm:
        """Return the form with what is stored."""
        stored = {name: getattr(supplier, name) for name in cls.base_fields if not name.startswith("name_")}
        names = {"name_en": supplier.company.name_en, "name_zh": supplier.company.name_zh}
        return cls(data, initial={**stored, **names})
