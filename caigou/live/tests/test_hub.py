"""Streams and their limits, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, MutableMapping
from typing import Any

import pytest

from caigou.kernel.clock import now
from caigou.live import stream as streams
from caigou.live.ear import Ear
from caigou.live.hub import Hub, TooMany
from caigou.live.stream import Application
from caigou.live.tickets import Ticket, issue


def ticket(person: str, *topics: str) -> Ticket:
    return Ticket({topic: topic.upper() for topic in topics}, person, "session", int(now().timestamp()) + 60)


def done(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_each_hears_what_it_follows_once_however_often_it_changed() -> None:
    async def work() -> None:
        hub = Hub(most=9, most_each=9)
        first, second = hub.join(ticket("a", "x", "y")), hub.join(ticket("b", "y"))
        for topic in ("x", "x", "y", "z"):
            hub.tell(topic)
        assert await first.news(1) == {"X", "Y"}
        assert await second.news(1) == {"Y"}
        assert await first.news(0.01) == set()
        hub.leave(second)
        hub.tell_everything()
        assert await second.news(0.01) == set()
        assert await first.news(1) == {"X", "Y"}

    done(work())


def test_there_are_only_so_many_of_one_person_and_of_all() -> None:
    async def work() -> None:
        hub = Hub(most=3, most_each=2)
        mine = [hub.join(ticket("a", "x")) for _ in range(2)]
        with pytest.raises(TooMany):
            hub.join(ticket("a", "x"))
        hub.join(ticket("b", "x"))
        with pytest.raises(TooMany):
            hub.join(ticket("c", "x"))
        hub.leave(mine[0])
        assert len(hub) == 2
        hub.join(ticket("a", "x"))

    done(work())


def test_a_reader_that_takes_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 0.05)

    async def work() -> None:
        hub = Hub(most=9, most_each=9)
        ear = Ear(hub)
        ear.hears = True
        written = issue({"topic": "word"}, user_id=1, session_key="key")
        taken: list[MutableMapping[str, Any]] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            taken.append(message)
            if len(taken) > 2:  # the head and the greeting; then the line is full
                await asyncio.sleep(60)

        async def receive() -> MutableMapping[str, Any]:
            await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        scope = {
            "method": "GET",
            "path": "/live/stream",
            "query_string": f"ticket={written}".encode(),
            "headers": [(b"cookie", b"sessionid=key")],
        }
        serving = asyncio.create_task(Application(hub, ear)(scope, receive, send))
        await asyncio.sleep(0.02)
        assert len(hub) == 1
        hub.tell("topic")
        await asyncio.wait_for(serving, 2)
        assert len(hub) == 0
        assert taken[1]["body"] == b"event: hello\ndata: \n\n"
        assert taken[2]["body"] == b"event: changed\ndata: word\n\n"

    done(work())
