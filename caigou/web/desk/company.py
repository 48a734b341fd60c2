"""The supplier's own profile: what it says about itself, and the papers that were checked of it (F5)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.countries import country_choices
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Supplier, SupplierKind
from caigou.catalogue.services.profile import Profile, save_profile
from caigou.kernel.errors import DomainError
from caigou.web.desk.sheet import posted
from caigou.web.refusals import put_on


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
    def of(cls, supplier: Supplier, data: object = None) -> ProfileForm:
        """Return the form with what is stored."""
        stored = {name: getattr(supplier, name) for name in cls.base_fields if not name.startswith("name_")}
        names = {"name_en": supplier.company.name_en, "name_zh": supplier.company.name_zh}
        return cls(data, initial={**stored, **names})  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def profile(request: SeatedRequest) -> HttpResponse:
    """Show and change the company's profile; papers are recorded by the platform."""
    supplier = get_object_or_404(Supplier.objects.select_related("company"), company=request.company)
    form = ProfileForm.of(supplier, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            save_profile(supplier.pk, Profile(**form.cleaned_data), by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _now("Saved. Buyers see it within a minute."))
            return redirect("web:profile")
    context = {"form": form, "supplier": supplier, "papers": list(supplier.evidence.all())}
    return render(request, "web/desk/profile.html", context, status=422 if form.errors else 200)
