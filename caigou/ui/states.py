"""One map from a domain status to what its reader sees: a tone, a glyph and a word, always all three.

The tone depends on the reader: an open offer is ``due`` for the buyer who has to answer and ``held`` for the
supplier who waits.  Templates never choose a colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal[
    "inquiry", "offer", "order", "recharge", "request", "import", "product",
    "opening", "transfer", "bank_account", "bank_line", "decision", "payout_account", "payout", "batch", "refund",
    "gateway_difference",
]  # fmt: skip
Side = Literal["buyer", "supplier", "staff"]
Tone = Literal["none", "due", "held", "ok", "bad"]


@dataclass(frozen=True, slots=True)
class State:
    """How one status looks to one side. ``word`` is a lazy translation."""

    tone: Tone
    glyph: str
    word: str | Promise


@dataclass(frozen=True, slots=True)
class Sides:
    """The same status for each side."""

    buyer: State
    supplier: State
    staff: State

    def of(self, side: Side) -> State:
        """Return what this side sees."""
        match side:
            case "buyer":
                return self.buyer
            case "supplier":
                return self.supplier
            case "staff":
                return self.staff


def _all(tone: Tone, glyph: str, word: Promise) -> Sides:
    state = State(tone, glyph, word)
    return Sides(state, state, state)


def _buyers_move(word: Promise, waiting: Promise, *, staff: Promise, glyph: str = "clock") -> Sides:
    return Sides(State("due", glyph, word), State("held", "clock", waiting), State("held", "clock", staff))


def _suppliers_move(word: Promise, waiting: Promise, *, staff: Promise, glyph: str = "clock") -> Sides:
    return Sides(State("held", "clock", waiting), State("due", glyph, word), State("held", "clock", staff))


_WAITS = _("Waiting for payment")
_EXPIRED = _all("none", "cross", _("Expired"))
_WITHDRAWN = _all("none", "cross", _("Withdrawn"))
_ACCEPTED = _all("ok", "tick", _("Accepted"))

STATES: Final[Mapping[Kind, Mapping[str, Sides]]] = {
    "inquiry": {
        "open": _suppliers_move(_("Offer asked"), _("Their move"), staff=_("With the supplier")),
        "offered": _buyers_move(_("Offer to answer"), _("Their move"), staff=_("With the buyer")),
        "accepted": _ACCEPTED,
        "declined": _all("none", "cross", _("Declined")),
        "withdrawn": _WITHDRAWN,
    },
    "offer": {
        "open": _buyers_move(_("Your move"), _("Their move"), staff=_("With the buyer")),
        "accepted": _ACCEPTED,
        "declined": _all("none", "cross", _("Declined")),
        "expired": _EXPIRED,
        "withdrawn": _WITHDRAWN,
        "superseded": _all("none", "refresh", _("Replaced by a newer offer")),
    },
    "order": {
        "placed": _buyers_move(_("Payment due"), _WAITS, staff=_WAITS, glyph="yuan"),
        "paid": Sides(
            State("held", "lock", _("Paid, in escrow")),
            State("due", "box", _("Ready to ship")),
            State("held", "lock", _("Paid, in escrow")),
        ),
        "shipped": Sides(
            State("due", "truck", _("On its way: confirm on arrival")),
            State("held", "truck", _("Shipped")),
            State("held", "truck", _("Shipped")),
        ),
        "completed": _all("ok", "tick", _("Completed")),
        "cancelled": _all("none", "cross", _("Cancelled")),
    },
    "recharge": {
        "started": _buyers_move(_("Finish the payment"), _("Started"), staff=_("Started")),
        "paid": _all("ok", "tick", _("Paid")),
        "failed": _all("bad", "warning", _("Failed")),
        "unknown": Sides(
            State("held", "clock", _("Being checked")),
            State("held", "clock", _("Being checked")),
            State("due", "clock", _("To be checked")),
        ),
        "review": Sides(
            State("held", "person", _("Name being checked")),
            State("held", "person", _("Name being checked")),
            State("due", "person", _("Paid under another name")),
        ),
        "returned": _all("none", "refresh", _("Sent back")),
    },
    "request": {
        "waiting": _buyers_move(_("Money missing"), _WAITS, staff=_WAITS, glyph="yuan"),
        "held": _all("held", "lock", _("Set aside")),
        "settled": _all("ok", "tick", _("Paid")),
        "cancelled": _all("none", "cross", _("Cancelled")),
    },
    "import": {
        "waiting": _all("held", "clock", _("Waiting to be read")),
        "columns": _all("due", "list", _("Columns to name")),
        "running": _all("held", "clock", _("Being read")),
        "done": _all("ok", "tick", _("Imported")),
        "failed": _all("bad", "warning", _("Not imported")),
    },
    "product": {
        "draft": _all("none", "doc", _("Draft")),
        "listed": _all("ok", "tick", _("On sale")),
        "withdrawn": _all("none", "cross", _("Off sale")),
    },
    "opening": {
        "proposed": _all("due", "person", _("Waiting for a second person")),
        "posted": _all("ok", "tick", _("Posted")),
        "refused": _all("none", "cross", _("Refused")),
    },
    "transfer": {
        "waiting": _all("held", "clock", _("Waiting for the transfer")),
        "short": _all("due", "yuan", _("Less than announced")),
        "met": _all("ok", "tick", _("Arrived")),
        "over": _all("ok", "tick", _("More than announced")),
        "returned": _all("bad", "warning", _("Taken back by the bank")),
        "cancelled": _all("none", "cross", _("Cancelled")),
    },
    "bank_account": {
        "proposed": _all("due", "person", _("Waiting for a second person")),
        "open": _all("ok", "tick", _("In use")),
        "closed": _all("none", "cross", _("Closed")),
    },
    "bank_line": {
        "new": _all("held", "clock", _("To be matched")),
        "credited": _all("ok", "tick", _("Credited")),
        "suspense": _all("due", "yuan", _("In suspense")),
        "receipt": _all("ok", "tick", _("Entered by hand before")),
        "paid_out": _all("ok", "tick", _("Payout")),
        "charge": _all("none", "doc", _("Fee of the bank")),
        "given_back": _all("none", "refresh", _("Given back")),
        "taken_back": _all("bad", "warning", _("Taken back by the bank")),
        "gateway": _all("ok", "tick", _("Payout of a gateway")),
        "cover": _all("ok", "tick", _("Exchange at the bank")),
        "open": _all("due", "warning", _("To be explained")),
    },
    "decision": {
        "waiting": _all("due", "person", _("Waiting for a second person")),
        "done": _all("ok", "tick", _("Done")),
        "refused": _all("none", "cross", _("Refused")),
    },
    "payout_account": {
        "checking": _all("held", "clock", _("Being checked")),
        "confirmed": _all("ok", "tick", _("Confirmed")),
        "refused": _all("bad", "warning", _("Refused")),
        "removed": _all("none", "cross", _("Removed")),
    },
    "payout": {
        "requested": _all("held", "clock", _("Requested")),
        "approved": _all("held", "tick", _("Approved")),
        "sent": _all("held", "truck", _("Sent to the bank")),
        "confirmed": _all("ok", "tick", _("Paid out")),
        "returned": _all("bad", "warning", _("Came back")),
        "cancelled": _all("none", "cross", _("Cancelled")),
    },
    "refund": {
        "asked": Sides(
            State("held", "clock", _("Requested")),
            State("held", "clock", _("Requested")),
            State("due", "clock", _("Requested")),
        ),
        "second": Sides(
            State("held", "clock", _("Requested")),
            State("held", "clock", _("Requested")),
            State("due", "person", _("Waiting for a second person")),
        ),
        "agreed": _all("held", "tick", _("Approved")),
        "unknown": _all("held", "clock", _("Being checked")),
        "done": _all("ok", "tick", _("Sent back")),
        "refused": Sides(
            State("due", "warning", _("Refused by the gateway")),
            State("held", "warning", _("Refused by the gateway")),
            State("held", "warning", _("Refused by the gateway")),
        ),
        "bank": _all("held", "truck", _("Goes to a bank account")),
        "kept": _all("none", "refresh", _("Stays in the wallet")),
        "declined": _all("bad", "cross", _("Declined")),
        "withdrawn": _all("none", "cross", _("Withdrawn")),
    },
    "gateway_difference": {
        "open": _all("due", "warning", _("To be explained")),
        "waiting": _all("due", "person", _("Waiting for a second person")),
        "resolved": _all("ok", "tick", _("Resolved")),
    },
    "batch": {
        "waiting": _all("due", "person", _("Waiting for a second person")),
        "approved": _all("due", "doc", _("Approved")),
        "sent": _all("ok", "tick", _("Sent to the bank")),
        "refused": _all("none", "cross", _("Refused")),
    },
}


def state_of(kind: Kind, status: str, side: Side) -> State:
    """Return tone, glyph and word of a status for one side; a status without a row raises ``KeyError``.

    >>> state_of("offer", "open", "buyer").tone, state_of("offer", "open", "supplier").tone
    ('due', 'held')
    """
    return STATES[kind][str(status)].of(side)
