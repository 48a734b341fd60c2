"""Every fact that the code posts has a name on statements, in both languages."""

from __future__ import annotations

import re

from caigou.statements.words import GROUPS, WORDS
from tests.support.databases import ROOT

#: Facts that never touch a company's wallet or earnings, each with what they move.
_ELSEWHERE = {
    "bank.charge": "the bank's fee and our own money",
    "order.hold": "a hold moves nothing",
    "payout.hold": "a hold moves nothing",
    "payout.refused": "a release moves nothing",
    "payout.cancelled": "a release moves nothing",
    "hold.expired": "a release moves nothing",
    "recharge.refund_asked": "a hold moves nothing",
    "recharge.refund_ended": "a release moves nothing",
    "recharge.refund_by_bank": "one hold becomes another",
    "recharge.kept_apart": "from the gateway into suspense",
    "gateway.fee": "the gateway's fee and our own money",
    "gateway.difference": "the gateway's mistake and our own money",
}
#: A purpose as it is written in a call of the ledger.
_POSTED = re.compile(r'(?:post|capture|release)\(\s*(?:[\w(). ]+,\s*)?(?:purpose=)?"([a-z][a-z_.]+)"')
_NAMED = re.compile(r'purpose="([a-z]+(?:\.[a-z_]+)?)"')


def _purposes() -> set[str]:
    found: set[str] = set()
    for folder in ("orders", "payments", "wallets"):
        for path in (ROOT / "caigou" / folder).rglob("services/*.py"):
            text = path.read_text(encoding="utf-8")
            if "caigou.ledger" in text or "posting" in text:
                found |= set(_POSTED.findall(text)) | set(_NAMED.findall(text))
    return found


def test_every_purpose_that_reaches_a_company_has_words() -> None:
    purposes = _purposes()
    assert {"order.paid", "compensation", "service.paid", "recharge"} <= purposes
    assert purposes - WORDS.keys() - _ELSEWHERE.keys() == set()


def test_every_group_is_of_facts_that_have_words() -> None:
    assert {purpose for group in GROUPS for purpose in group.purposes} <= WORDS.keys()
