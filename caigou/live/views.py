"""The page's request for a ticket: served by the web processes, which know who asks."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caigou.accounts.access import MEMBER, access
from caigou.accounts.current import SeatedRequest
from caigou.live import tickets
from caigou.live.topics import topics_of


@require_safe
@never_cache
@access(MEMBER)
def ticket(request: SeatedRequest) -> HttpResponse:
    """Give the address of a stream of what ``on`` names, for a minute (F12); 204 without any ``on``.

    Answers ``{"stream": address, "seconds": how long it goes}``. What the person can't see is left out of it; 404 when
    nothing is left.
    """
    wanted = request.GET.getlist("on")
    if not wanted:
        return HttpResponse(status=204)
    words = topics_of(wanted, request.actor)
    if not words or not request.session.session_key:
        return JsonResponse({}, status=404)
    written = tickets.issue(words, user_id=request.user.pk, session_key=request.session.session_key)
    address = f"{settings.CAIGOU_LIVE_ORIGIN}/live/stream?{urlencode({'ticket': written})}"
    return JsonResponse({"stream": address, "seconds": tickets.SECONDS})
