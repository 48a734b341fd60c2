"""Payouts on the console: new accounts to ask about, payouts to put together, batches to approve and send."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.bank import tried
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money
from caigou.payments.bank.models import AccountStatus, BankAccount
from caigou.payments.payouts.models import Payout, PayoutAccount, PayoutAccountStatus, PayoutBatch, PayoutStatus
from caigou.payments.payouts.services.accounts import confirm_payout_account, refuse_payout_account
from caigou.payments.payouts.services.batch import (
    approve_batch,
    file_of,
    put_together,
    refuse_batch,
    return_by_hand,
    send_batch,
    total_of,
)
from caigou.ui.lists import posted
from caigou.ui.refusals import sentence_of
from caigou.ui.shapes import Crumb

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def payouts(request: SeatedRequest) -> HttpResponse:
    """Show what waits: accounts to ask about, payouts to put together, batches; and do each."""
    if request.method == "POST":
        return _do(request)
    waiting = Payout.objects.filter(status=PayoutStatus.REQUESTED, batch=None).select_related("company", "from_account")
    ours = BankAccount.objects.filter(status=AccountStatus.OPEN)
    batches = PayoutBatch.objects.select_related("account", "asked_by", "decided_by")
    page = Paginator(batches, PAGE).get_page(request.GET.get("page"))
    context = {
        "checking": PayoutAccount.objects.filter(status=PayoutAccountStatus.CHECKING).select_related("company")[:PAGE],
        "groups": [(account, [each for each in waiting if each.from_account_id == account.pk]) for account in ours],
        "page": page,
        "batches": _with_totals(page),
    }
    return render(request, "console/payouts.html", context)


def _with_totals(page: Page[PayoutBatch]) -> list[tuple[PayoutBatch, Money | None]]:
    """Return each batch of the page with its sum; one that was dissolved has none."""
    sums = Payout.objects.filter(batch__in=list(page)).order_by().values_list("batch").annotate(Sum("amount_minor"))
    minor = dict(sums)
    return [(batch, Money(minor[batch.pk], batch.account.currency) if batch.pk in minor else None) for batch in page]


def _do(request: SeatedRequest) -> HttpResponse:
    do, by = posted(request, "do"), request.actor
    if do in {"confirm", "refuse"}:
        account = get_object_or_404(PayoutAccount, public_id=posted(request, "account"))
        how = posted(request, "how")
        if do == "confirm":
            tried(request, _("Confirmed."), lambda: confirm_payout_account(account.pk, asked_how=how, by=by))
        else:
            tried(request, _("Refused."), lambda: refuse_payout_account(account.pk, reason=how, by=by))
        return redirect("console:payouts")
    ours = get_object_or_404(BankAccount, public_id=posted(request, "from"))
    try:
        batch = put_together(ours, [one.replace("\0", "") for one in request.POST.getlist("payout")], by=by)
    except DomainError as error:
        messages.error(request, sentence_of(error))
        return redirect("console:payouts")
    messages.success(request, _("Put together. A second person has to agree."))
    return redirect("console:payout_batch", public_id=batch.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def payout_batch(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show each payee, number and sum of a batch; approve, dissolve or send it."""
    batch = get_object_or_404(
        PayoutBatch.objects.select_related("account", "asked_by", "decided_by"), public_id=public_id
    )
    do, by = posted(request, "do"), request.actor
    if do == "approve":
        seen = posted(request, "seen")
        tried(request, _("Approved."), lambda: approve_batch(batch.pk, seen=seen, by=by))
    elif do == "refuse":
        tried(request, _("Dissolved. Its payouts wait again."), lambda: refuse_batch(batch.pk, by=by))
    elif do == "send":
        tried(request, _("Sent. The bank's statement says how each ends."), lambda: send_batch(batch.pk, by=by))
    elif do == "return":
        one = get_object_or_404(Payout, batch=batch, public_id=posted(request, "payout"))
        reason = posted(request, "reason")
        tried(request, _("Noted. The sum is free again."), lambda: return_by_hand(one.pk, reason=reason, by=by))
    if request.method == "POST":
        return redirect("console:payout_batch", public_id=public_id)
    rows = list(Payout.objects.filter(batch=batch).select_related("company").order_by("pk"))
    context = {
        "batch": batch,
        "payouts": rows,
        "total": total_of(rows, batch.account.currency),
        "crumbs": [Crumb(_("Payouts"), reverse("console:payouts")), Crumb(batch.public_id[:8].upper())],
    }
    return render(request, "console/payout_batch.html", context)


@require_safe
@access(FINANCE)
def payout_file(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Hand out the bank's file of a released batch."""
    batch = get_object_or_404(PayoutBatch.objects.select_related("account"), public_id=public_id)
    try:
        data = file_of(batch)
    except DomainError as error:
        messages.error(request, sentence_of(error))
        return redirect("console:payout_batch", public_id=public_id)
    response = HttpResponse(data, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pain001-{batch.public_id}.xml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
