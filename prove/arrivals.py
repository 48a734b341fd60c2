"""Those who ask too much: clients without a pause, and requests that arrive at a rate whatever became of the others."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import NamedTuple

#: More would be waiting at once than any proxy lets; then the product has failed to shed.
_MOST_LINES = 1_000
_TIMEOUT = 30.0
_PAY = '{"expected":{"amount":"2904.00","currency":"CNY"}}'
_RECHARGE = '{"amount":{"amount":"10.00","currency":"CNY"},"gateway":"sandbox"}'


class Asked(NamedTuple):
    """One request: what, about which order, how it was answered (0: not at all), and how long that took."""

    verb: str
    order: str
    status: int
    milliseconds: float


class Payer(NamedTuple):
    """A buyer's key, and orders that it has placed."""

    secret: str
    orders: list[str]


class _Wish(NamedTuple):
    verb: str
    order: str
    request: str


class _Lines:
    """Connections that are kept and used again."""

    def __init__(self, port: int) -> None:
        self._port, self._free, self._open = port, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]](), 0

    async def ask(self, wish: _Wish) -> Asked:
        """Send it as a proxy would, and wait for the answer."""
        began = time.time()
        status = 0
        with suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError):
            status = await asyncio.wait_for(self._exchange(wish.request.format(start=f"{began:.3f}")), _TIMEOUT)
        return Asked(wish.verb, wish.order, status, round((time.time() - began) * 1_000, 1))

    async def _exchange(self, request: str) -> int:
        if self._free:
            reader, writer = self._free.pop()
        elif self._open >= _MOST_LINES:
            raise ConnectionError("too many are waiting")
        else:
            self._open += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(request.encode())
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = head.partition("content-length:")[2].partition("\r\n")[0]
            await reader.readexactly(int(length))
        except BaseException:
            self._open -= 1
            writer.close()
            raise
        self._free.append((reader, writer))
        return int(head.split()[1])

    def close(self) -> None:
        """Hang up everywhere."""
        for _reader, writer in self._free:
            writer.close()


async def ask_all_the_time(
    port: int, payers: Sequence[Payer], *, clients: int, seconds: float, seed: int
) -> list[Asked]:
    """Let so many clients ask again the moment they were answered."""
    lines, wishes, found = _Lines(port), _wishes(payers, f"calm-{seed}"), list[Asked]()
    end = time.monotonic() + seconds

    async def client() -> None:
        while time.monotonic() < end:
            found.append(await lines.ask(next(wishes)))

    await asyncio.gather(*(client() for _one in range(clients)))
    lines.close()
    return found


async def ask_at_a_rate(port: int, payers: Sequence[Payer], *, rate: float, seconds: float, seed: int) -> list[Asked]:
    """Let requests arrive at random moments, ``rate`` a second, whether those before were answered or not."""
    lines, wishes, draw = _Lines(port), _wishes(payers, f"storm-{seed}"), random.Random(seed)
    began, arrives, under_way = time.monotonic(), 0.0, list[asyncio.Task[Asked]]()
    while (arrives := arrives + draw.expovariate(rate)) < seconds:
        if (ahead := began + arrives - time.monotonic()) > 0:
            await asyncio.sleep(ahead)
        under_way.append(asyncio.create_task(lines.ask(next(wishes))))
    found = await asyncio.gather(*under_way)
    lines.close()
    return list(found)


def _wishes(payers: Sequence[Payer], name: str) -> Iterator[_Wish]:
    """Yield one wish after the other: to pay an order, paid or not, to recharge, to see balances."""
    draw = random.Random(name)
    for turn in count():
        payer = draw.choice(payers)
        verb = draw.choice(("pay", "recharge", "balances"))
        order = draw.choice(payer.orders) if verb == "pay" else ""
        method, path, body = {
            "pay": ("POST", f"orders/{order}/pay", _PAY),
            "recharge": ("POST", "recharges", _RECHARGE),
            "balances": ("GET", "balances", ""),
        }[verb]
        head = (
            f"{method} /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {payer.secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Idempotency-Key: {name}-{turn}\r\nX-Request-Start: t={{start}}\r\n\r\n"
        )
        yield _Wish(verb, order, head + body.replace("{", "{{").replace("}", "}}"))
