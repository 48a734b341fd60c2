"""Where a reader goes on after a form: back to a page of this site, and nowhere else."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

#: A longer address is none that a page of ours has written.
LONGEST_NEXT = 1_000


def safe_next(request: HttpRequest, default: str) -> str:
    """Return where the reader wants to go on: ``next`` if it stays on this site, else the page named ``default``."""
    return asked_next(request) or reverse(default)


def asked_next(request: HttpRequest, longest: int = LONGEST_NEXT) -> str:
    """Return the path ``next`` of this site that a form or an address names; empty for anything else.

    A control character is refused, too: no page has one in its address, and neither the database nor a header takes it.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    readable = wanted.startswith("/") and wanted.isprintable() and len(wanted) <= longest
    return wanted if readable and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
