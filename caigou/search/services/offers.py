"""Offers of other platforms beside our goods (B1): asked at once, waited for briefly; one that fails is only named.

A platform that failed three times in a row isn't asked for half a minute, so that its trouble costs us no threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from caigou.search.offers import Offer, OfferSource

log = structlog.get_logger(__name__)

#: Offers of one platform that are shown.
MOST = 8
#: Failures in a row after which a platform is left alone, and for how many seconds.
_PATIENCE, _REST = 3, 30.0
#: Seconds for which an answer is shown again to whoever asks the same; how many answers a process remembers.
_KEEP, _KEPT_MOST = 120.0, 100
#: Calls under way in one process.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What one platform said; without ``reached`` it said nothing, and ``offers`` is empty."""

    name: str
    is_sandbox: bool
    reached: bool
    offers: Sequence[Offer] = ()


class Breaker:
    """Counts the failures of one platform in a row and says whether it is asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0

    def lets_through(self) -> bool:
        """Say whether to ask; after a rest one call at a time finds out whether it is better."""
        with self._lock:
            if self._failures < _PATIENCE:
                return True
            if self._clock() < self._rests_until:
                return False
            self._rests_until = self._clock() + _REST
            return True

    def tell(self, *, reached: bool) -> None:
        """Note how a call ended."""
        with self._lock:
            self._failures = 0 if reached else self._failures + 1
            if self._failures >= _PATIENCE:
                self._rests_until = self._clock() + _REST


class Asking:
    """Asks several platforms at once and waits for none longer than the deadline."""

    def __init__(self, sources: Mapping[str, OfferSource], *, seconds: float) -> None:
        self._sources, self._seconds = dict(sources), seconds
        self._breakers = {key: Breaker() for key in sources}
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="offers")
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[Answer, float]] = {}

    @property
    def names(self) -> list[str]:
        return [source.name for source in self._sources.values()]

    def __call__(self, text: str) -> list[Answer]:
        """Return what each platform has for ``text``, in their order, after the deadline at the latest."""
        answers = {key: answer for key in self._sources if (answer := self._remembered(key, text)) is not None}
        missing = [key for key in self._sources if key not in answers]
        calls = {
            key: self._threads.submit(self._ask, key, text) for key in missing if self._breakers[key].lets_through()
        }
        wait(calls.values(), timeout=self._seconds)
        for key in missing:
            answers[key] = self._outcome(key, text, calls.get(key))
        return [answers[key] for key in self._sources]

    def _ask(self, key: str, text: str) -> Sequence[Offer]:
        return self._sources[key].search(text, most=MOST, seconds=self._seconds)

    def _outcome(self, key: str, text: str, call: Future[Sequence[Offer]] | None) -> Answer:
        source = self._sources[key]
        none = Answer(source.name, source.is_sandbox, reached=False)
        if call is None or call.cancel():  # left alone, or too many calls are under way: says nothing about it
            return none
        if not call.done():
            self._failed(key, "no answer in time")
            return none
        error = call.exception()
        if error is not None:
            self._failed(key, str(error))
            return none
        self._breakers[key].tell(reached=True)
        answer = Answer(source.name, source.is_sandbox, reached=True, offers=tuple(call.result()[:MOST]))
        self._remember(key, text, answer)
        return answer

    def _failed(self, key: str, reason: str) -> None:
        self._breakers[key].tell(reached=False)
        log.warning("offers_unavailable", source=key, reason=reason[:200])

    def _remembered(self, key: str, text: str) -> Answer | None:
        held = self._kept.get((key, text))
        return held[0] if held is not None and time.monotonic() < held[1] else None

    def _remember(self, key: str, text: str, answer: Answer) -> None:
        with self._lock:
            while len(self._kept) >= _KEPT_MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key, text] = (answer, time.monotonic() + _KEEP)


@cache
def _asking() -> Asking:
    sources: Mapping[str, OfferSource] = import_string(settings.CAIGOU_OFFER_SOURCES)
    return Asking(sources, seconds=settings.CAIGOU_OFFERS_MS / 1000)


def platforms() -> list[str]:
    """Return the names of the platforms that are asked; empty where none is configured."""
    return _asking().names


def offers_elsewhere(text: str) -> list[Answer]:
    """Return what other platforms offer for ``text`` (B1); takes ``CAIGOU_OFFERS_MS`` at most and never raises."""
    words = " ".join(text.split())
    return _asking()(words) if words else []
