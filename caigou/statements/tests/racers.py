"""What racing processes do with documents."""

from __future__ import annotations

import random
import time


def invoice(order_id: int) -> str:
    """Ask for an order's invoice."""
    from caigou.statements.services.issue import issue_invoice

    time.sleep(random.uniform(0, 0.004))
    return issue_invoice(order_id).full_number
