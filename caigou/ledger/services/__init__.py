"""What others may do with the ledger.  Nothing else touches its tables.

Each function works inside the caller's transaction and refuses by raising a ``LedgerError``; after a refusal the
caller's transaction is as it was before the call.  Lock your own aggregate first, then post, as the last thing
before the commit: the ledger's locks are hot.
"""

from caigou.ledger.anchor import anchor_hourly
from caigou.ledger.books import BOOK_CHECKS, Report, audit, check_books
from caigou.ledger.errors import (
    AccountBlocked,
    AccountNotEmpty,
    AlreadyPosted,
    AlreadyReversed,
    HoldSpent,
    IdempotencyMismatch,
    InsufficientFunds,
    LedgerBusy,
    LedgerError,
    LedgerMisuse,
    NotAsQuoted,
    PeriodClosed,
    PeriodStillRuns,
    PointsStay,
    UnknownAccount,
    refusal_of,
    refusals_named,
)
from caigou.ledger.findings import Finding
from caigou.ledger.legs import AccountId, HoldId, JournalId, Leg, TransferId
from caigou.ledger.selectors import (
    Balance,
    Line,
    balance,
    balances,
    find_account,
    held_amount,
    holds_of,
    statement,
    status_of,
    taken_from,
)
from caigou.ledger.services.accounts import OPENING, close_account, freeze, open_account, restrict, unfreeze
from caigou.ledger.services.exchange import EXCHANGED, PLATFORM, Quote, exchange, find_quote, quote_exchange
from caigou.ledger.services.holds import capture, hold, release, release_expired
from caigou.ledger.services.periods import close_period, closed_until
from caigou.ledger.services.posting import post, posting
from caigou.ledger.services.sealing import seal_due, seal_journals

__all__ = [
    "BOOK_CHECKS",
    "EXCHANGED",
    "OPENING",
    "PLATFORM",
    "AccountBlocked",
    "AccountId",
    "AccountNotEmpty",
    "AlreadyPosted",
    "AlreadyReversed",
    "Balance",
    "Finding",
    "HoldId",
    "HoldSpent",
    "IdempotencyMismatch",
    "InsufficientFunds",
    "JournalId",
    "LedgerBusy",
    "LedgerError",
    "LedgerMisuse",
    "Leg",
    "Line",
    "NotAsQuoted",
    "PeriodClosed",
    "PeriodStillRuns",
    "PointsStay",
    "Quote",
    "Report",
    "TransferId",
    "UnknownAccount",
    "anchor_hourly",
    "audit",
    "balance",
    "balances",
    "capture",
    "check_books",
    "close_account",
    "close_period",
    "closed_until",
    "exchange",
    "find_account",
    "find_quote",
    "freeze",
    "held_amount",
    "hold",
    "holds_of",
    "open_account",
    "post",
    "posting",
    "quote_exchange",
    "refusal_of",
    "refusals_named",
    "release",
    "release_expired",
    "restrict",
    "seal_due",
    "seal_journals",
    "statement",
    "status_of",
    "taken_from",
    "unfreeze",
]
