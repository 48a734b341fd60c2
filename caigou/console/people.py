"""People and companies: who has which seat; give one, take one, shut a person out (A5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caigou.accounts.access import FINANCE, OWNER, STAFF, access
from caigou.accounts.countries import country_name
from caigou.accounts.current import SeatedRequest
from caigou.accounts.models import Company, CompanyKind, Language, RightOf, Seat, User
from caigou.accounts.services.people import deactivate_person, reactivate_person, take_seat
from caigou.accounts.services.rights import answer_rights, may_answer, set_right
from caigou.accounts.services.seats import give_seat
from caigou.kernel.errors import BadInput, DomainError
from caigou.ui.lists import asked, holding, one_of, page_of, posted, tabs
from caigou.ui.refusals import sentence_of
from caigou.ui.shapes import Crumb
from caigou.ui.states import State
from caigou.ui.words import name_of
from caigou.wallets.services.block import agree_to_lift, ask_to_lift, block_payments, standing_block


class SeatForm(forms.Form):
    """A person by e-mail; a new one gets a code when they first sign in, no password."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)


@require_safe
@access(STAFF)
def companies(request: SeatedRequest) -> HttpResponse:
    """Show all companies, newest first, found by name and kind."""
    want = asked(request, "q", "kind")
    kind = one_of(want["kind"], CompanyKind.values)
    found = Company.objects.visible_to(request.actor).filter(holding(want["q"], "name_en", "name_zh"))
    counts: dict[str, int] = dict(found.values_list("kind").annotate(n=Count("pk")).order_by())
    counts[""] = sum(counts.values())
    shown = (found.filter(kind=kind) if kind else found).annotate(people=Count("seats")).order_by("-created_at", "-pk")
    page = page_of(request, shown)
    words = [("", _("All")), *CompanyKind.choices]
    context = {
        "q": want["q"],
        "page": page,
        "rows": [(company, country_name(company.country)) for company in page],
        "tabs": tabs(reverse("console:companies"), "kind", kind, words, counts, q=want["q"]),
        "kept": {"kind": kind},
    }
    return render(request, "console/companies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(STAFF)
def company(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show a company with its people, and give a seat to one more."""
    found = get_object_or_404(Company.objects.visible_to(request.actor), public_id=public_id)
    form = SeatForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            give_seat(values["email"], found, by=request.actor, name=values["name"], language=values["language"])
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The seat is given. A code by e-mail opens the door."))
            return redirect("console:company", public_id=public_id)
    seats = found.seats.select_related("user").order_by("since", "pk")
    context = {
        "company": found,
        "country": country_name(found.country),
        "seats": [(seat, state_of_person(seat.user)) for seat in seats],
        "supplier": getattr(found, "supplier", None),
        "trades": found.kind != CompanyKind.OPERATOR,
        "finance": request.actor.may("finance"),
        "standing": standing_block(found),
        "form": form,
        "crumbs": [Crumb(_("Companies"), reverse("console:companies")), Crumb(name_of(found))],
    }
    return render(request, "console/company.html", context, status=422 if form.errors else 200)


@require_POST
@access(FINANCE)
def company_block(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Block a company's payments, ask to lift the block, or agree to that as the second person."""
    found = get_object_or_404(Company.objects.visible_to(request.actor), public_id=public_id)
    do, reason, standing = posted(request, "do"), posted(request, "reason"), standing_block(found)
    try:
        if do == "block":
            block_payments(found, reason=reason, by=request.actor)
        elif standing is None or posted(request, "block") != standing.public_id:  # a page of before
            raise BadInput(_("Nothing waits here any more: somebody has decided."))
        elif do == "agree":
            agree_to_lift(standing.pk, by=request.actor)
        elif do == "ask":
            ask_to_lift(standing.pk, reason=reason, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    return redirect("console:company", public_id=public_id)


def state_of_person(person: User) -> State:
    """Return the chip of a person: let in, or shut out."""
    if person.is_active:
        return State("ok", "tick", _("Active"))
    return State("bad", "lock", _("Shut out"))


@require_safe
@access(STAFF)
def people(request: SeatedRequest) -> HttpResponse:
    """Show all people, newest first, found by name, e-mail and company."""
    want = asked(request, "q", "show")
    show = one_of(want["show"], {"out", "seatless"})
    found = User.objects.filter(
        holding(want["q"], "name", "email", "seats__company__name_en", "seats__company__name_zh")
    ).distinct()
    groups: dict[str, Any] = {
        "": found,
        "out": found.filter(is_active=False),
        "seatless": found.filter(seats__isnull=True),
    }
    counts = {name: rows.count() for name, rows in groups.items()}
    words = [("", _("All")), ("out", _("Shut out")), ("seatless", _("Without a seat"))]
    rows = groups[show].prefetch_related(Prefetch("seats", Seat.objects.select_related("company")))
    page = page_of(request, rows.order_by("-joined_at", "-pk"))
    context = {
        "q": want["q"],
        "page": page,
        "rows": [(person, state_of_person(person)) for person in page],
        "tabs": tabs(reverse("console:people"), "show", show, words, counts, q=want["q"]),
        "kept": {"show": show},
    }
    return render(request, "console/people.html", context)


@require_safe
@access(STAFF)
def person(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show a person and their seats, with what can be done about them; of the platform's own people their rights."""
    found = get_object_or_404(User, public_id=public_id)
    seat = found.seats.select_related("company").filter(company__kind=CompanyKind.OPERATOR).first()
    context = {
        "rights": [(right, right in seat.rights, getattr(seat, right)) for right in RightOf] if seat else [],
        "waits": seat if seat and not seat.rights_count else None,
        "may_answer": seat is not None and may_answer(seat, request.actor),
        "changes": found.right_changes.select_related("by"),
        "may_give": "owner" in request.actor.rights,
        "person": found,
        "state": state_of_person(found),
        "seats": found.seats.select_related("company").order_by("since", "pk"),
        "oneself": found.pk == request.user.pk,
        "crumbs": [Crumb(_("People"), reverse("console:people")), Crumb(str(found))],
    }
    return render(request, "console/person.html", context)


@require_POST
@access(STAFF)
def person_active(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Shut a person out, or let them in again."""
    found = get_object_or_404(User, public_id=public_id)
    letting_in = request.POST.get("active") == "yes"
    try:
        (reactivate_person if letting_in else deactivate_person)(found.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        done = _("Let in again.") if letting_in else _("Shut out, from the next click on and on every device.")
        messages.success(request, done)
    return redirect("console:person", public_id=public_id)


@require_POST
@access(OWNER)
def person_right(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Give one of the platform's people a right, or take it."""
    seat = get_object_or_404(Seat, user__public_id=public_id, company__kind=CompanyKind.OPERATOR)
    right, reason = posted(request, "right"), posted(request, "reason")
    given = request.POST.get("given") == "yes"
    try:
        set_right(seat.pk, right, given=given, reason=reason, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        seat.refresh_from_db()
        given_now = (
            _("Given. It holds from the next click on.") if seat.rights_count else _("Given. It doesn't count yet.")
        )
        messages.success(request, given_now if given else _("Taken."))
    return redirect("console:person", public_id=public_id)


@require_POST
@access(FINANCE)
def person_right_answer(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Agree to a person's first rights as the second person of finance, or refuse them."""
    seat = get_object_or_404(Seat, user__public_id=public_id, company__kind=CompanyKind.OPERATOR)
    agree = request.POST.get("answer") == "agree"
    try:
        answer_rights(seat.pk, agree=agree, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Given. It holds from the next click on.") if agree else _("Refused."))
    return redirect("console:person", public_id=public_id)


@require_POST
@access(STAFF)
def seat_take(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take a person's seat at the company that the form names."""
    seat = get_object_or_404(
        Seat, user__public_id=public_id, company__public_id=request.POST.get("company", "").replace("\0", "")
    )
    try:
        take_seat(seat.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The seat is taken. What the person did there stays under their name."))
    return redirect("console:person", public_id=public_id)
