"""Tickets: what lets a browser open a stream, for a minute, and only the browser that asked for it.

The web process writes one after looking at who asks and what they may see; the process of live updates believes the
signature and asks nobody.  So it ends each stream with its ticket: who loses a seat hears nothing more a minute later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.core.signing import BadSignature, dumps, loads
from django.utils.crypto import constant_time_compare, salted_hmac

from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError

#: For how many seconds a ticket opens a stream, and after how many the stream ends.
SECONDS = 60
_SALT = "caigou.live.ticket"


class TicketRefused(DomainError):
    """Forged, too old, or not this browser's."""

    code = "ticket_refused"


@dataclass(frozen=True, slots=True)
class Ticket:
    """``words`` are what the page calls the things it follows, by the topics under which these are told.

    ``person`` and ``session`` are keyed hashes; ``until`` is in seconds since 1970.
    """

    words: Mapping[str, str]
    person: str
    session: str
    until: int


def issue(words: Mapping[str, str], *, user_id: int, session_key: str) -> str:
    """Write a ticket for a person's browser; the caller has looked at whether the person may see all of it."""
    until = int(now().timestamp()) + SECONDS
    ticket = Ticket(words, _hash("person", str(user_id)), _hash("session", session_key), until)
    return dumps(asdict(ticket), salt=_SALT, compress=True)


def read(written: str, *, session_key: str) -> Ticket:
    """Return what a ticket says; raises ``TicketRefused`` unless it is ours, of this minute and of this browser."""
    try:
        ticket = Ticket(**loads(written, salt=_SALT))
    except BadSignature as error:
        raise TicketRefused("not signed by us") from error
    if not now().timestamp() < ticket.until:
        raise TicketRefused("too old")
    if not session_key or not constant_time_compare(ticket.session, _hash("session", session_key)):
        raise TicketRefused("of another browser")
    return ticket


def _hash(what: str, value: str) -> str:
    return salted_hmac(f"caigou.live.{what}", value, algorithm="sha256").hexdigest()[:32]
