"""Who answers which question that goes up."""

from __future__ import annotations

from caigou.files.sweep import NAMED_PICTURES
from caigou.house.services import named_pictures
from caigou.ledger.services import BOOK_CHECKS
from caigou.orders import books
from caigou.orders.opening import ORDER_ESCROWS
from caigou.payments.bank.services.ladder import LINKED_PAYERS
from caigou.payments.cover import check
from caigou.payments.services.credit import PAYER_RULES
from caigou.payments.services.recharge import RECHARGE_RULES
from caigou.wallets.opening.escrows import ESCROWS
from caigou.wallets.services.funds import require_declaration
from caigou.wallets.services.payers import linked_payers
from caigou.wallets.services.reported import may_be_credited


def register_all() -> None:
    """Fill the registries; called once when all apps are loaded."""
    BOOK_CHECKS.add(books.CHECK, books.escrow_findings)
    BOOK_CHECKS.add(check.CHECK, check.position_findings)
    RECHARGE_RULES.add("wallets.funds", require_declaration)
    PAYER_RULES.add("wallets.instruments", may_be_credited)
    LINKED_PAYERS.add("wallets.instruments", linked_payers)
    ESCROWS.add("orders", ORDER_ESCROWS)
    NAMED_PICTURES.add("house.settings", named_pictures)
