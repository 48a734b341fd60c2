"""The sandbox's page for the payer, and the door for its webhooks."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import MEMBER, SIGNED, access
from caigou.adapters.sandbox_gateway.gateway import SandboxGateway, decide
from caigou.adapters.sandbox_gateway.models import SandboxCharge
from caigou.payments.models import Recharge
from caigou.payments.ports import BadSignature
from caigou.payments.services.recharge import receive_webhook

#: A webhook of ours is a few hundred bytes.
_LARGEST_BODY = 64 * 1024


@require_http_methods(["GET", "POST"])
@access(MEMBER)
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Let the payer pay or decline; only the company that started the recharge finds this page."""
    mine = Recharge.objects.filter(company_id=request.actor.company_id)  # type: ignore[attr-defined]
    recharge = get_object_or_404(mine.select_related("company"), public_id=reference)
    charge = get_object_or_404(SandboxCharge, reference=reference)
    if request.method == "POST":
        holder = request.POST.get("holder", "").replace("\0", "")
        decide(reference, "paid" if request.POST.get("decision") == "pay" else "failed", holder)
        return redirect(charge.return_url)
    return render(request, "sandbox/pay.html", {"charge": charge, "holder": recharge.company.name_en})


@csrf_exempt
@require_POST
@access(SIGNED)
def webhook(request: HttpRequest) -> HttpResponse:
    """Verify, store once, answer; the worker asks the gateway and acts."""
    if not settings.CAIGOU_SANDBOX_SECRET:
        raise Http404
    if len(request.body) > _LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        incoming = SandboxGateway().verify(request.body, request.headers)
    except BadSignature:
        return HttpResponse("bad signature\n", status=401, content_type="text/plain")
    receive_webhook(SandboxGateway.name, incoming, request.body)
    return HttpResponse(status=204)
