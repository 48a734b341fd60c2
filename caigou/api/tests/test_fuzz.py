"""Schemathesis over every operation: no input gives a 5xx, and what is answered is what the document says (promise 21).

A fixed seed and few examples here; ``python -m prove.api`` takes many.
"""

from __future__ import annotations

import pytest

from caigou.api.tests.keyed import Program
from prove.api import fuzz
from tests.support.factories import make_deal


@pytest.mark.commits
def test_no_operation_answers_with_a_fault_whatever_it_is_asked() -> None:
    deal = make_deal()
    deal.place_paid()
    found = fuzz(Program(deal.buyer).secret, examples=2, seed=20261123)
    assert found.faults == []
    assert found.operations >= 27
    assert found.cases >= found.operations
