"""A second process that analyses goods while more of them wait than one core is quick enough for (decision 0059).

The worker reads and analyses some products itself and lets the analyst do others: it sends ids and gets documents
whose words are cut already. The analyst has a connection of its own and changes nothing; so whatever becomes of it,
the worker does those products itself.
"""

from __future__ import annotations

import gc
import os
import struct
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from multiprocessing.connection import Connection
from socket import SO_RCVTIMEO, SO_SNDBUF, SO_SNDTIMEO, SOL_SOCKET, socket

import structlog
from django.db import InterfaceError, OperationalError
from msgspec import msgpack

from caigou.search.analysis import index_text
from caigou.search.dictionary import dictionary, lend
from caigou.search.documents import documents_of
from caigou.search.ports import Document

log = structlog.get_logger(__name__)

#: Where fewer wait, starting an analyst isn't worth it.
MANY = 2_000
#: Products that are read and analysed at once, and how many such chunks the analyst has before it.
CHUNK, AHEAD = 100, 2
#: Seconds within which an analyst answers, also on a busy machine; one that doesn't is ended.
PATIENCE = 20
#: Seconds that an analyst without work is kept: while an import goes on there is more in a moment.
KEPT = 5.0
#: Seconds without one after one was lost.
MOURNING = 60.0
#: It steps back behind whoever waits for a page.
BEHIND = 10
#: Bytes of an answer that wait in the line, so that the analyst goes on meanwhile; the system may give fewer.
_LINE = 1 << 20

_encode = msgpack.Encoder().encode
_dictionary_in = msgpack.Decoder(tuple[bytes, bytes]).decode
_ids_in = msgpack.Decoder(list[int]).decode
_documents_in = msgpack.Decoder(list[Document]).decode


# --- the analyst's side -----------------------------------------------------------------------------------------------
def analyse(line: socket) -> None:
    """Be an analyst: answer ids with documents until the line or the database goes away."""
    gc.freeze()
    os.nice(BEHIND)
    line.setsockopt(SOL_SOCKET, SO_SNDBUF, _LINE)
    with Connection(line.detach()) as wire, suppress(EOFError, ConnectionError, OperationalError, InterfaceError):
        lend(*_dictionary_in(wire.recv_bytes()))
        while True:
            wire.send_bytes(_encode([_cut(one) for one in documents_of(_ids_in(wire.recv_bytes()))]))


def _cut(document: Document) -> Document:
    """Return what an engine needs of ``document``: its words instead of the texts that they come from."""
    words = index_text(document)
    return replace(document, words=words, title_en="", title_zh="", description="", attributes="", external_id="")


# --- the worker's side ------------------------------------------------------------------------------------------------
class Analyst:
    """The analyst of one thread, there while there is much to do."""

    def __init__(self, bear: Callable[[], socket], end: Callable[[], None]) -> None:
        """``bear`` returns the line to a new process that does ``analyse``, ``end`` ends it; both raise ``OSError``."""
        self._bear, self._end = bear, end
        self._wire: Connection | None = None
        #: What it was asked for and didn't answer yet.
        self._asked: deque[list[int]] = deque()
        self._needed_at = self._not_before = 0.0

    def documents_of(self, product_ids: Iterable[int]) -> Iterator[Document]:
        """Yield what ``documents.documents_of`` does, in another order; an analyst makes a part of it."""
        left = deque(_chunks(product_ids))
        self._call()
        try:
            while left or self._asked:
                self._ask(left)
                yield from self._answered(left) or documents_of(left.popleft() if left else ())
        finally:
            if self._asked:  # the answers would be taken for those to the next question
                self.dismiss()
            self._needed_at = time.monotonic()

    def rest(self) -> None:
        """Let an analyst go who had nothing to do for some seconds, so that his memory is free again."""
        if self._wire is not None and time.monotonic() - self._needed_at > KEPT:
            self.dismiss()

    def dismiss(self) -> None:
        """End the analyst, whatever he does; nothing when there is none."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None
            self._asked.clear()
            with suppress(OSError):
                self._end()

    def _call(self) -> None:
        """Have an analyst, unless one was lost just now."""
        if self._wire is not None or time.monotonic() < self._not_before:
            return
        try:
            line = self._bear()
        except OSError:
            self._lost()
            return
        for option in (SO_RCVTIMEO, SO_SNDTIMEO):  # one that hangs in the middle of an answer must not hang us
            line.setsockopt(SOL_SOCKET, option, struct.pack("@ll", PATIENCE, 0))
        self._wire = Connection(line.detach())
        with suppress(OSError):  # then no answer will come either
            self._wire.send_bytes(_encode(dictionary().contents()))  # reading it takes a second

    def _lost(self) -> None:
        log.warning("search_analyst_lost")
        self._not_before = time.monotonic() + MOURNING
        self.dismiss()

    def _ask(self, left: deque[list[int]]) -> None:
        """Let the analyst have work for some time; should a line fail, the answer won't come either."""
        while left and self._wire is not None and len(self._asked) < AHEAD:
            self._asked.append(left.popleft())
            with suppress(OSError):
                self._wire.send_bytes(_encode(self._asked[-1]))

    def _answered(self, left: deque[list[int]]) -> Sequence[Document] | None:
        """Return an answer, waiting for it when nothing else is ``left``; what was asked in vain is left again."""
        wire = self._wire
        if wire is None or not self._asked:
            return None
        try:
            if left and not wire.poll():
                return None
            made = _documents_in(wire.recv_bytes())
        except (EOFError, OSError):
            left.extend(self._asked)
            self._lost()
            return None
        self._asked.popleft()
        return made


def _chunks(product_ids: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(product_ids)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


_hired: Analyst | None = None


def hire(analyst: Analyst | None) -> None:
    """Let ``analyst`` help whoever indexes much in this process: in one thread only."""
    global _hired  # noqa: PLW0603  one a process, as its connections are
    _hired = analyst


def made_of(product_ids: Sequence[int]) -> Iterator[Document]:
    """Yield what the index holds of those of these products that are listed, in no order, with help for many."""
    if _hired is None or len(product_ids) < MANY:
        return documents_of(product_ids)
    return _hired.documents_of(product_ids)


def rest() -> None:
    """Let an analyst go who isn't needed any more."""
    if _hired is not None:
        _hired.rest()
