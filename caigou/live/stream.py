"""The stream itself, as an ASGI application: ``/live/stream`` for browsers, ``/live/healthz`` for machines (F12).

Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).  ``hello`` says that the stream is
open, ``changed`` names what a page follows and is to ask for again, ``beat`` says that the line still stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from caigou.kernel.clock import now
from caigou.live import tickets
from caigou.live.ear import Ear
from caigou.live.hub import Hub, Stream, TooMany

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Seconds of silence after which a stream says that it still stands.
BEAT = 15.0
#: Seconds that a reader may take to take what is sent; who is slower is dropped, and comes back.
PATIENCE = 10.0
#: Seconds between two pieces of news: a page that is asked for again takes longer than that.
PACE = 0.2

_ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"), (b"vary", b"Origin, Cookie")]
_STREAM = [
    (b"content-type", b"text/event-stream"),
    # nginx and its like would otherwise keep what is sent until there is enough of it.
    (b"x-accel-buffering", b"no"),
]


class Refused(Exception):
    """A request that gets no stream; the status says why, and nothing else does."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Application:
    """Answers one request at a time for each of many browsers; nothing here waits for the database."""

    def __init__(self, hub: Hub, ear: Ear) -> None:
        self._hub, self._ear = hub, ear

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            origin = _origin(headers.get(b"origin"))
            if scope["method"] != "GET":
                raise Refused(405)
            if scope["path"] == "/live/healthz":
                await self._say_how_it_is(send)
            elif scope["path"] == "/live/stream":
                await self._stream(self._admit(scope, headers), origin, receive, send)
            else:
                raise Refused(404)
        except Refused as refused:
            await _answer(send, refused.status, [], b"")

    async def _say_how_it_is(self, send: Send) -> None:
        words = f'{{"status": "{"ok" if self._ear.hears else "not ready"}", "streams": {len(self._hub)}}}'
        await _answer(send, 200 if self._ear.hears else 503, [(b"content-type", b"application/json")], words.encode())

    def _admit(self, scope: MutableMapping[str, Any], headers: MutableMapping[bytes, str]) -> Stream:
        if not self._ear.hears:
            raise Refused(503)
        written = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        try:
            return self._hub.join(tickets.read(written, session_key=_session_of(headers.get(b"cookie", ""))))
        except tickets.TicketRefused as error:
            raise Refused(403) from error
        except TooMany as error:
            raise Refused(429) from error

    async def _stream(self, stream: Stream, origin: list[tuple[bytes, bytes]], receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive, stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": [*_ALWAYS, *_STREAM, *origin]})
            await _say(send, _event("hello", [""]))
            await _tell_all(stream, send)
        except (TimeoutError, OSError):
            return  # too slow, or gone
        finally:
            gone.cancel()
            self._hub.leave(stream)


def _origin(given: str | None) -> list[tuple[bytes, bytes]]:
    """Return the headers that let our own pages read the answer; raises ``Refused`` for pages of anybody else."""
    if given is None:
        return []
    if given != settings.CAIGOU_BASE_URL:
        raise Refused(403)
    return [
        (b"access-control-allow-origin", given.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
    ]


def _session_of(cookies: str) -> str:
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _tell_all(stream: Stream, send: Send) -> None:
    """Send what changes until the ticket is used up or the stream has ended."""
    while (left := stream.ticket.until - now().timestamp()) > 0:
        news = await stream.news(min(left, BEAT))
        if news is None:
            break
        await _say(send, _event("changed", sorted(news)) if news else _event("beat", [""]))
        if news:
            await asyncio.sleep(PACE)
    await asyncio.wait_for(send({"type": "http.response.body", "body": b"", "more_body": False}), PATIENCE)


def _event(name: str, lines: Iterable[str]) -> bytes:
    return (f"event: {name}\n" + "".join(f"data: {line}\n" for line in lines) + "\n").encode()


async def _say(send: Send, words: bytes) -> None:
    """Send; raises ``TimeoutError`` when the reader doesn't take it."""
    await asyncio.wait_for(send({"type": "http.response.body", "body": words, "more_body": True}), PATIENCE)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*_ALWAYS, *headers]})
    await send({"type": "http.response.body", "body": body, "more_body": False})
