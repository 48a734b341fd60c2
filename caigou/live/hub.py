"""Who listens to what: the open streams, by the topics that each follows. One thread, nothing is ever waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict

from caigou.kernel.errors import DomainError
from caigou.live.tickets import Ticket


class TooMany(DomainError):
    """This person, or all together, have as many streams open as there may be."""

    code = "too_many"


class Stream:
    """One open page: what it follows, and what of it changed since it was last told."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self._ended = False
        self._news: set[str] = set()
        self._wake = asyncio.Event()

    def tell(self, word: str) -> None:
        """Note that something changed; told twice before it is read, it is one piece of news."""
        self._news.add(word)
        self._wake.set()

    def end(self) -> None:
        """Let whoever reads stop."""
        self._ended = True
        self._wake.set()

    async def news(self, seconds: float) -> set[str] | None:
        """Return what changed as soon as something did, nothing after ``seconds``; None when the stream has ended."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        if self._ended:
            return None
        self._wake.clear()
        news, self._news = self._news, set()
        return news


class Hub:
    """All streams of this process: ``most`` at once, ``most_each`` of one person."""

    def __init__(self, *, most: int, most_each: int) -> None:
        self._most, self._most_each = most, most_each
        self._streams: set[Stream] = set()
        self._by_topic: dict[str, set[Stream]] = defaultdict(set)
        self._by_person: Counter[str] = Counter()
        self._empty = asyncio.Event()

    def __len__(self) -> int:
        return len(self._streams)

    def join(self, ticket: Ticket) -> Stream:
        """Open a stream.  Raises ``TooMany``."""
        if len(self) >= self._most or self._by_person[ticket.person] >= self._most_each:
            raise TooMany("too many streams are open")
        stream = Stream(ticket)
        self._streams.add(stream)
        self._by_person[ticket.person] += 1
        for topic in ticket.words:
            self._by_topic[topic].add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        """Forget a stream."""
        self._streams.discard(stream)
        self._by_person[stream.ticket.person] -= 1
        if not self._by_person[stream.ticket.person]:
            del self._by_person[stream.ticket.person]
        for topic in stream.ticket.words:
            self._by_topic[topic].discard(stream)
            if not self._by_topic[topic]:
                del self._by_topic[topic]
        if not self._streams:
            self._empty.set()

    def tell(self, topic: str) -> None:
        """Tell everyone who follows ``topic`` that it changed."""
        for stream in self._by_topic.get(topic, ()):
            stream.tell(stream.ticket.words[topic])

    def tell_everything(self) -> None:
        """Tell everyone that anything may have changed: the database was away and what it said was lost."""
        for stream in self._streams:
            for word in stream.ticket.words.values():
                stream.tell(word)

    async def end(self, seconds: float) -> None:
        """End all streams, and wait for the last one, ``seconds`` at most."""
        for stream in self._streams:
            stream.end()
        if self._streams:
            self._empty.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)
