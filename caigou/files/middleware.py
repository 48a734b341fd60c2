"""Answer ``/pictures/…`` from the folder, before sessions and the database are looked at.

A picture's address is the hash of its content: 256 bits that nobody guesses, shown only where its owner is shown. So no
actor is asked, a page with 24 pictures costs no query more, and browsers may keep what they got for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from caigou.files.folder import path_of
from caigou.files.shown import PREFIX

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: What we encoded ourselves can run nothing; should it ever, it runs in a sandbox without an origin.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
}


class Pictures:
    """Serve the pictures; everything else goes on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        name = request.path_info.removeprefix(PREFIX)
        path = path_of(name)
        if path is None or not path.is_file():
            return HttpResponse(status=404, content_type="text/plain")
        etag = f'"{name.removesuffix(".webp")}"'
        if request.headers.get("If-None-Match") == etag:
            return HttpResponse(status=304, headers={**HEADERS, "ETag": etag})
        return FileResponse(path.open("rb"), content_type="image/webp", headers={**HEADERS, "ETag": etag})
