"""Suppliers and their papers: what was checked, by whom, until when; the mark follows by itself (F5, F6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Evidence, EvidenceKind, Product, ProductStatus, Qualification, Supplier
from caigou.catalogue.services.evidence import Paper, record_evidence, revoke_evidence
from caigou.catalogue.services.profile import Profile, save_profile
from caigou.catalogue.services.seen import mark_of_profile
from caigou.files.limits import MOST_BYTES
from caigou.files.services import store_picture
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.ui.lists import asked, holding, one_of, page_of, tabs
from caigou.ui.refusals import put_on
from caigou.ui.seen import mark_to_carry
from caigou.ui.shapes import Crumb
from caigou.ui.supplier_form import ProfileForm
from caigou.ui.words import name_of

#: How long before a mark lapses the supplier is worth a call.
SOON = timedelta(days=60)


def _groups() -> dict[str, tuple[Any, Q]]:
    """Return the tabs: their words and which suppliers stand under them today."""
    today = now().date()
    valid = Q(verified_until__gte=today)
    return {
        "": (_("All"), Q()),
        "verified": (_("Verified factories"), valid & Q(qualification=Qualification.FACTORY)),
        "licence": (_("Licence checked"), valid & Q(qualification=Qualification.LICENCE)),
        "soon": (_("Mark lapses soon"), valid & Q(verified_until__lt=today + SOON) & ~Q(qualification="none")),
        "none": (_("Not verified"), ~valid | Q(qualification=Qualification.NONE) | Q(verified_until=None)),
    }


@require_safe
@access(STAFF)
def suppliers(request: SeatedRequest) -> HttpResponse:
    """Show all suppliers, found by name, place and what is proven of them."""
    want, groups = asked(request, "q", "show"), _groups()
    show = one_of(want["show"], groups)
    found = Supplier.objects.filter(
        holding(want["q"], "company__name_en", "company__name_zh", "city", "city_zh", "province", "province_zh", "key")
    )
    counts = found.aggregate(**{f"in_{name}": Count("pk", filter=rule) for name, (_w, rule) in groups.items() if name})
    on_sale = Product.objects.filter(supplier=OuterRef("pk"), status=ProductStatus.LISTED).order_by()
    goods = on_sale.values("supplier").annotate(n=Count("pk")).values("n")
    rows = found.filter(groups[show][1]).annotate(on_sale=Coalesce(Subquery(goods), 0))
    page = page_of(request, rows.select_related("company").order_by("company__name_en", "pk"))
    words = [(name, word) for name, (word, _rule) in groups.items()]
    totals = {name: counts.get(f"in_{name}", 0) for name in groups} | {"": found.count()}
    context = {
        "q": want["q"],
        "kept": {"show": show},
        "page": page,
        "tabs": tabs(reverse("console:suppliers"), "show", show, words, totals, q=want["q"]),
    }
    return render(request, "console/suppliers.html", context)


class EvidenceForm(forms.Form):
    """What a person of the platform read on a paper."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of paper"), choices=EvidenceKind.choices)
    number = forms.CharField(label=gettext_lazy("Number"), max_length=80, required=False)
    checked_by = forms.CharField(
        label=gettext_lazy("Checked by"),
        max_length=120,
        help_text=gettext_lazy("A person of the platform or a firm; buyers see it."),
    )
    checked_on = forms.DateField(label=gettext_lazy("Checked on"), widget=forms.DateInput(attrs={"type": "date"}))
    expires_on = forms.DateField(
        label=gettext_lazy("Counts until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The last day on which it counts."),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture of it"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


def _one(public_id: str) -> Supplier:
    return get_object_or_404(Supplier.objects.select_related("company"), public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@access(STAFF)
def supplier(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show a supplier with its papers, and record one more."""
    found = _one(public_id)
    first = {"checked_by": request.user.name, "checked_on": timezone.localdate(now()).isoformat()}
    posted = request.method == "POST"
    form = EvidenceForm(request.POST if posted else None, request.FILES if posted else None, initial=first)
    if posted and form.is_valid() and _record(request, found, form):
        return redirect("console:supplier", public_id=public_id)
    context = {
        "supplier": found,
        "papers": found.evidence.select_related("picture", "by"),
        "goods": found.products.filter(status=ProductStatus.LISTED).count(),
        "form": form,
        "crumbs": [Crumb(_("Suppliers"), reverse("console:suppliers")), Crumb(name_of(found.company))],
    }
    return render(request, "console/supplier.html", context, status=422 if form.errors else 200)


def _record(request: SeatedRequest, found: Supplier, form: EvidenceForm) -> bool:
    values = dict(form.cleaned_data)
    upload = values.pop("picture")
    try:
        picture = store_picture(upload.read(MOST_BYTES + 1), by=request.actor) if upload else None
        record_evidence(found.pk, Paper(**values, picture=picture), by=request.actor)
    except DomainError as error:
        put_on(form, error)
        return False
    messages.success(request, _("Recorded. The mark follows from all papers that count today."))
    return True


@require_POST
@access(STAFF)
def evidence_revoke(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Let a paper count no longer; it stays as history."""
    evidence = get_object_or_404(Evidence.objects.select_related("supplier"), public_id=public_id)
    revoke_evidence(evidence.pk, by=request.actor)
    messages.success(request, _("Revoked. The mark follows from the papers that still count."))
    return redirect("console:supplier", public_id=evidence.supplier.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@access(STAFF)
def supplier_profile(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Change a supplier's profile for it: a checked name, above all, which it can't change itself."""
    found = _one(public_id)
    posted = request.POST if request.method == "POST" else None
    form = ProfileForm.of(found, posted)
    if posted is not None and form.is_valid():
        try:
            save_profile(found.pk, Profile(**form.cleaned_data), by=request.actor, seen=posted.get("seen"))
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Saved. Buyers see it within a minute."))
            return redirect("console:supplier", public_id=public_id)
    crumbs = [
        Crumb(_("Suppliers"), reverse("console:suppliers")),
        Crumb(name_of(found.company), reverse("console:supplier", args=[public_id])),
        Crumb(_("Profile")),
    ]
    seen = mark_to_carry(posted, form, mark_of_profile(found))
    context = {"form": form, "supplier": found, "crumbs": crumbs, "seen": seen}
    return render(request, "console/supplier_profile.html", context, status=422 if form.errors else 200)
