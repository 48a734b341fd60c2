"""What of the money needs a person: counted for the overview, each with its page (promise 19: never one's own)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from caigou.accounts.models import Seat
from caigou.house.models import ProposedChange
from caigou.kernel.actor import Actor
from caigou.payments.bank.models import (
    AccountStatus,
    BankAccount,
    BankLine,
    BankReceipt,
    DecisionStatus,
    LineStatus,
    SuspenseDecision,
)
from caigou.payments.cover.models import CoverTrade
from caigou.payments.payouts.models import BatchStatus, PayoutAccount, PayoutAccountStatus, PayoutBatch
from caigou.ui.formats import format_number, is_chinese
from caigou.ui.shapes import Task
from caigou.wallets.models import CaseStatus, CompensationCase, Instrument, InstrumentStatus, PaymentBlock

#: Route of each kind, and what it is called.
_KINDS: Final[Mapping[str, tuple[str, Any]]] = {
    "line": ("console:bank", gettext_lazy("Lines of the bank to decide")),
    "decision": ("console:bank", gettext_lazy("Decisions on lines of the bank that need a second person")),
    "receipt": ("console:receipts", gettext_lazy("Receipts that need a second person")),
    "cover": ("console:cover", gettext_lazy("Covering trades that need a second person")),
    "ours": ("console:bank", gettext_lazy("Accounts of ours that need a second person")),
    "account": ("console:payouts", gettext_lazy("New payout accounts to ask about")),
    "batch": ("console:payouts", gettext_lazy("Batches of payouts that need a second person")),
    "name": ("console:wallets", gettext_lazy("Names that differ")),
    "case": ("console:wallets", gettext_lazy("Compensation that needs a second person")),
    "right": ("console:people", gettext_lazy("Rights that need a second person")),
    "block": ("console:companies", gettext_lazy("Blocks of payments that a second person has to lift")),
    "setting": ("console:settings", gettext_lazy("Settings that need a second person")),
}


def finance_tasks(by: Actor) -> Iterator[Task]:
    """Yield a task for each kind that waits for ``by``; what they asked for themselves waits for others."""
    language = get_language() or "en"
    colon = "：" if is_chinese(language) else ": "
    for kind, rows in _waiting(by.user_id or 0).items():
        count = rows.count()
        if count:
            route, words = _KINDS[kind]
            yield Task(f"{words}{colon}{format_number(count, language)}", reverse(route), glyph="yuan")


def _waiting(me: int) -> Mapping[str, QuerySet[Model]]:
    asked = SuspenseDecision.objects.filter(status=DecisionStatus.WAITING)
    to_work = BankLine.objects.filter(status__in=(LineStatus.SUSPENSE, LineStatus.OPEN))
    return {
        "line": to_work.exclude(pk__in=asked.values("line")),
        "decision": asked.exclude(asked_by=me),
        "receipt": BankReceipt.objects.filter(status=DecisionStatus.WAITING).exclude(asked_by=me),
        "cover": CoverTrade.objects.filter(status=DecisionStatus.WAITING).exclude(asked_by=me),
        "ours": BankAccount.objects.filter(status=AccountStatus.PROPOSED).exclude(entered_by=me),
        "account": PayoutAccount.objects.filter(status=PayoutAccountStatus.CHECKING),
        "batch": PayoutBatch.objects.filter(status=BatchStatus.WAITING).exclude(asked_by=me),
        "name": Instrument.objects.filter(status=InstrumentStatus.REVIEW),
        "case": CompensationCase.objects.filter(status=CaseStatus.PROPOSED).exclude(opened_by=me),
        "right": Seat.objects.filter(rights_wait=True).exclude(user=me).exclude(rights_by=me),
        "block": PaymentBlock.objects.filter(lifted_at=None).exclude(lift_asked_by=None).exclude(lift_asked_by=me),
        "setting": ProposedChange.objects.exclude(by=me),
    }
