"""What others may do with the ledger.  Nothing else touches its tables.

Each function works inside the caller's transaction and refuses by raising a ``LedgerError``; after a refusal the
caller's transaction is as it was before the call.  Lock your own aggregate first, then post, as the last thing
before the commit: the ledger's locks are hot.
"""

from caigou.ledger.books import BOOK_CHECKS, Finding, Report, audit, check_books
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
    UnknownAccount,
)
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
)
from caigou.ledger.services.accounts import close_account, freeze, open_account, restrict, unfreeze
from caigou.ledger.services.holds import capture, hold, release, release_expired
from caigou.ledger.services.posting import post

__all__ = [
    "BOOK_CHECKS",
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
    "Report",
    "TransferId",
    "UnknownAccount",
    "audit",
    "balance",
    "balances",
    "capture",
    "check_books",
    "close_account",
    "find_account",
    "freeze",
    "held_amount",
    "hold",
    "holds_of",
    "open_account",
    "post",
    "release",
    "release_expired",
    "restrict",
    "statement",
    "status_of",
    "unfreeze",
]
