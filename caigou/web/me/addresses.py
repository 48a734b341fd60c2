"""The address book of a company."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import TRADER, access
from caigou.accounts.address_rules import rules_of
from caigou.accounts.current import SeatedRequest
from caigou.accounts.models import Address
from caigou.accounts.services.addresses import remove_address, save_address
from caigou.kernel.errors import DomainError
from caigou.ui.onward import safe_next
from caigou.ui.reader import terms_of
from caigou.web.me.forms import AddressForm


@require_http_methods(["GET", "HEAD", "POST"])
@access(TRADER)
def address_new(request: SeatedRequest) -> HttpResponse:
    """Add an address, then go back to where it was missing (F3)."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@access(TRADER)
def address_edit(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Change an address; orders keep the copy that they made."""
    return _edit(request, get_object_or_404(Address.objects.visible_to(request.actor), public_id=public_id))


def _edit(request: SeatedRequest, address: Address | None) -> HttpResponse:
    following = safe_next(request, "web:me")
    initial = {"name": request.user.name, "country": terms_of(request).destination or request.company.country}
    if "recast" in request.POST:
        return _recast(request, address, following)
    form = AddressForm(request.POST or None, instance=address, initial=None if address else initial)
    if request.method == "POST" and form.is_valid():
        try:
            # A country that doesn't use a field has none on its form, and what another one needed goes.
            save_address({"region": "", "postcode": ""} | form.cleaned_data, by=request.actor, address=address)
        except DomainError as error:
            _put_beside(form, error)
        else:
            messages.success(request, _("The address is saved."))
            return redirect(following)
    context = {"form": form, "address": address, "next": following}
    return render(request, "web/me/address.html", context, status=422 if form.errors else 200)


def _recast(request: SeatedRequest, address: Address | None, following: str) -> HttpResponse:
    """Show the fields of another country with all that was typed; nothing is checked or saved."""
    typed = {name: request.POST.get(name, "") for name in AddressForm.base_fields}
    if rules_of(typed["country"]).read_region(typed["region"]) is None:
        typed["region"] = ""
    form = AddressForm(instance=address, initial=typed)
    whole = "web/me/address_place.html" if request.headers.get("HX-Request") else "web/me/address.html"
    return render(request, whole, {"form": form, "address": address, "next": following})


def _put_beside(form: AddressForm, error: DomainError) -> None:
    """Put each word of a refusal beside its field, all others above the form."""
    beside = {name: words for name, words in error.fields.items() if name in form.fields}
    for name, words in beside.items():
        form.add_error(name, words)
    if not beside:
        form.add_error(None, str(error))


@require_POST
@access(TRADER)
def address_remove(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take an address out of the book."""
    address = get_object_or_404(Address.objects.visible_to(request.actor), public_id=public_id)
    remove_address(address, by=request.actor)
    messages.success(request, _("The address is removed. Orders that went there keep their copy."))
    return redirect("web:me")
