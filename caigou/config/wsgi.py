"""The web process: Django under a WSGI server."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from caigou.cli.processes import die_with_parent

# The web server's own workers would outlive it after a kill -9; they are its children, so they ask for it here.
die_with_parent()
# Python otherwise hands the interpreter on after 5 ms: threads that make pages on two cores spend half of the time
# with handing over (docs/decisions/0019-memory-and-start.md).
sys.setswitchinterval(0.02)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caigou.config.settings")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def utf8_only(application: Application) -> Application:
    """Answer 400 to a request that claims another charset than UTF-8; no browser does.

    Django believes every codec of Python that the header names, also those that make half characters or no text at
    all, and stumbles while it makes the request: before any middleware could help.
    """

    def door(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if _charset(str(environ.get("CONTENT_TYPE") or "")) in {"", "utf-8", "utf8"}:
            return application(environ, start_response)
        words = b"Send UTF-8.\n"
        start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", str(len(words)))])
        return [words]

    return door


def _charset(content_type: str) -> str:
    try:
        return str(parse_header_parameters(content_type)[1].get("charset", "")).strip().lower()
    except (ValueError, LookupError):
        return content_type


application = utf8_only(get_wsgi_application())
