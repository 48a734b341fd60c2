"""Why a row of opening balances is refused and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

SENTENCES: Final[Mapping[str, tuple[Any, Any]]] = {
    "no_columns": (
        _("The columns %(missing)s are missing."),
        _("Name the columns kind, company, currency, amount and reference in the first row."),
    ),
    "no_rows": (_("The file has no row under its header."), _("Write one row for each balance.")),
    "too_many_rows": (
        _("The file has more than %(most)s rows."),
        _("Cut it into several files; each is posted as one journal."),
    ),
    "no_table": (_("This is a statement of a bank, no table."), _("Take in a CSV or XLSX file.")),
    "unknown_order": (
        _("No order that waits for its payment has the number “%(value)s”."),
        _("Let the buyer place the order here first, and write its number; or bring it in as the buyer's wallet."),
    ),
    "other_total": (
        _("The order “%(value)s” costs %(total)s, and its escrow holds all of that or nothing."),
        _("Write the order's total in its currency; bring any other sum in as the buyer's wallet."),
    ),
    "order_twice": (_("Line %(first)s brings the escrow of the same order."), _("Leave one of the two out.")),
    "unknown_kind": (_("“%(value)s” is no kind of balance."), _("Write wallet, debt, payable, bank or escrow.")),
    "unknown_company": (
        _("No company has the number “%(value)s”."),
        _("Copy its number from the company's page in the console."),
    ),
    "not_a_buyer": (_("“%(value)s” has no wallet: it isn't a buyer."), _("A supplier's earnings are payable.")),
    "not_a_supplier": (_("“%(value)s” earns nothing: it isn't a supplier."), _("A buyer's money is a wallet.")),
    "unknown_account": (
        _("“%(value)s” is no account of ours in use in this currency."),
        _("Enter the account under Bank first, and write its number as it stands there."),
    ),
    "bad_currency": (_("“%(value)s” is no currency of money that we know."), _("Write a code such as CNY or USD.")),
    "bad_amount": (
        _("“%(value)s” is no amount above zero in %(currency)s."),
        _("Write plain digits with a point, such as 1234.50."),
    ),
    "bad_reference": (
        _("“%(value)s” is no reference."),
        _("Write 3 to 60 letters, digits, points, hyphens, slashes or underscores that name this row for ever."),
    ),
    "twice": (
        _("Line %(first)s has the same reference, “%(value)s”."),
        _("Give every row a reference of its own."),
    ),
    "known_other": (
        _("“%(value)s” was brought in before, with another balance."),
        _("Leave the row out if it is the same thing, or give it a reference of its own."),
    ),
    "doubtful": (
        _("The cell “%(value)s” is a formula, an error or a number that lost digits."),
        _("Write the value itself into the cell, as text."),
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason; ``line`` is the line of the file that it is about, 0 for the whole."""

    code: str
    line: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why, in the reader's language."""
        return str(SENTENCES[self.code][0]) % self.params

    @property
    def mend(self) -> str:
        """What to do about it, in the reader's language."""
        return str(SENTENCES[self.code][1]) % self.params
