"""The process of live updates: granian's server inside this process's own loop, and the ear beside it.

``caigou.cli.servers`` forks it as ``caigou-live`` and ends it with SIGTERM.  One thread runs Python, however many
streams are open; each costs about 24 KB.
"""

from __future__ import annotations

import asyncio
import resource
import signal

from django.conf import settings

# Here, not where it is used: loaded once before the fork, it is shared with the other servers.
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from caigou.live.ear import Ear
from caigou.live.hub import Hub
from caigou.live.stream import Application

#: Streams of one person: as many pages as anybody has in sight.
MOST_EACH = 12
#: Milliseconds in which a browser has to say what it wants, and how long that may be.
_HEAD_MS = 10_000
_HEAD_BYTES = 16_384
#: Seconds that the streams may take to end when the process is asked to.
_LAST_WORDS = 2.0
#: Connections above those of the streams: who asks for a stream too many is told so.
_SPARE = 100


def serve(host: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT; 1 when the port can't be had."""
    _let_open(settings.CAIGOU_LIVE_STREAMS + _SPARE)
    return asyncio.run(_serve(host, port))


def _let_open(files: int) -> None:
    """Ask the system for as many open files, as far as it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(host: str, port: int) -> int:
    loop, asked_to_end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    hub = Hub(most=settings.CAIGOU_LIVE_STREAMS, most_each=MOST_EACH)
    ear = Ear(hub)
    server = Server(
        Application(hub, ear),
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_MS, keep_alive=False, max_buffer_size=_HEAD_BYTES),
        backlog=1024,
        backpressure=settings.CAIGOU_LIVE_STREAMS + _SPARE,
        websockets=False,
        log_level=LogLevels.error,
    )
    serving, listening, ending = map(asyncio.create_task, (server.serve(), ear.listen(), asked_to_end.wait()))
    await asyncio.wait((serving, listening, ending), return_when=asyncio.FIRST_COMPLETED)
    failed = not ending.done()
    listening.cancel()
    await hub.end(_LAST_WORDS)
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
    await asyncio.gather(serving, listening, return_exceptions=True)
    return int(failed)
