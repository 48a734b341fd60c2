"""The supplier's own profile: what it says about itself, and the papers that were checked of it (F5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Supplier
from caigou.catalogue.services.profile import Profile, save_profile
from caigou.catalogue.services.seen import mark_of_profile
from caigou.kernel.errors import DomainError
from caigou.ui.refusals import put_on
from caigou.ui.seen import mark_to_carry
from caigou.ui.supplier_form import ProfileForm
from caigou.web.desk.sheet import posted


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def profile(request: SeatedRequest) -> HttpResponse:
    """Show and change the company's profile; papers are recorded by the platform."""
    supplier = get_object_or_404(Supplier.objects.select_related("company"), company=request.company)
    form = ProfileForm.of(supplier, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            save_profile(supplier.pk, Profile(**form.cleaned_data), by=request.actor, seen=request.POST.get("seen"))
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Saved. Buyers see it within a minute."))
            return redirect("web:profile")
    seen = mark_to_carry(posted(request), form, mark_of_profile(supplier))
    context = {"form": form, "supplier": supplier, "papers": list(supplier.evidence.all()), "seen": seen}
    return render(request, "web/desk/profile.html", context, status=422 if form.errors else 200)
