"""Who answers which question that goes up."""

from __future__ import annotations

from caigou.files.sweep import NAMED_PICTURES
from caigou.house.services import named_pictures
from caigou.ledger.services import BOOK_CHECKS
from caigou.orders import books
from caigou.payments.services.recharge import RECHARGE_RULES
from caigou.wallets.services.funds import require_declaration


def register_all() -> None:
    """Fill the registries; called once when all apps are loaded."""
    BOOK_CHECKS.add(books.CHECK, books.escrow_findings)
    RECHARGE_RULES.add("wallets.funds", require_declaration)
    NAMED_PICTURES.add("house.settings", named_pictures)
