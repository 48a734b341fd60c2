"""What each check of the books asks, in words; docs/ledger.md says more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: Every check of ``ledger.books`` and of the apps above it; a test holds the list and the report together.
QUESTIONS: Final[Mapping[str, Any]] = {
    "balance_is_its_transfers": _("Each balance is the sum of its transfers"),
    "currency_sums_to_zero": _("Debits equal credits in each currency"),
    "no_overdraft": _("No customer's account is below zero"),
    "account_as_charted": _("Each account is as the chart of accounts says"),
    "hold_is_its_transfers": _("Each hold agrees with its transfers"),
    "hold_goes_where_it_was_held": _("Held money went only where it was held for"),
    "one_currency": _("No transfer joins two currencies"),
    "positive_between_two": _("Each transfer is positive and between two accounts"),
    "reversal_is_its_mirror": _("Each reversal mirrors what it takes back"),
    "journal_has_transfers": _("Each journal has its transfers"),
    "transfer_has_journal": _("Each transfer has its journal"),
    "fact_posted_once": _("No fact was posted twice"),
    "guard_is_on": _("The guards in the database are on"),
    "nobody_writes_but_the_owner": _("Nobody but its owner can write to the ledger"),
    "points_keep_their_owner": _("Points stay with their owner"),
    "closed_is_closed": _("Nothing was posted into a closed month"),
    "exchange_is_as_quoted": _("Each exchange is as it was quoted"),
    "position_is_its_exchanges": _("Open positions are what exchanges brought, less what trades covered"),
    "owed_is_covered": _("What is owed to customers is held for them"),
    "chain_is_unbroken": _("The chain of seals is unbroken"),
    "journal_is_sealed_once": _("Each journal is sealed once"),
    "chain_is_as_anchored": _("The chain is as it was noted outside"),
    "escrow_is_its_order": _("Each order's escrow holds its total, or nothing"),
}
