"""Answer ``/pictures/…`` from the folder, before sessions and the database are looked at.

A picture's address is the hash of its content: 256 bits that nobody guesses, shown only where its owner is shown. So no
actor is asked, a page with 24 pictures costs no query more, and browsers may keep what they got for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
)

from caigou.files.folder import path_of
from caigou.files.shown import PREFIX

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: What we encoded ourselves can run nothing; should it ever, it runs in a sandbox without an origin.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def _is_theirs(request: HttpRequest) -> bool:
    """Whether this is the host of the pictures, where they have one of their own."""
    host: str = settings.CAIGOU_PICTURES_HOST
    return bool(host) and request.get_host() == host


class Pictures:
    """Serve the pictures; everything else goes on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_theirs = _is_theirs(request)
        if not request.path_info.startswith(PREFIX):  # their host has nothing else
            return _none() if is_theirs else self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if settings.CAIGOU_PICTURES_HOST and not is_theirs:
            return HttpResponsePermanentRedirect(settings.CAIGOU_PICTURES_URL + request.path_info)
        return _answer(request)


def _answer(request: HttpRequest) -> HttpResponseBase:
    name = request.path_info.removeprefix(PREFIX)
    path = path_of(name)
    if path is None or not path.is_file():
        return _none()
    etag = f'"{name.removesuffix(".webp")}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={**HEADERS, "ETag": etag})
    return FileResponse(path.open("rb"), content_type="image/webp", headers={**HEADERS, "ETag": etag})


def _none() -> HttpResponse:
    return HttpResponse(status=404, content_type="text/plain")
