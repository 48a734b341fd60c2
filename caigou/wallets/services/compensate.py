"""Compensation and debt: a case, a second person, then the wallet, then a receivable (A33, terms 1.19)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind
from caigou.jobs.changes import changed
from caigou.jobs.worker import each_due
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, InsufficientFunds, LedgerBusy, Leg, open_account, post
from caigou.payments.bank.services.persons import staff_id
from caigou.payments.services.debts import debt_account, debt_of
from caigou.payments.services.wallet import available, wallet_account
from caigou.wallets.models import CASE_MOVES, CaseReason, CaseStatus, CompensationCase

#: Whose the reserve is; the platform has one a currency.
_PLATFORM = "platform"
#: The reason that lets the deduction through where a wallet is blocked.
REASON = "compensation"
#: How often the deduction is tried when the wallet moves under it.
_TRIES = 5


@transaction.atomic
def propose_case(
    company: Company, amount: Money, *, reason: str, words: str, by: Actor, beneficiary: Company | None = None
) -> CompensationCase:
    """Propose what ``company`` has to make good; no money moves before a second person approves.

    Raises ``NotAllowed`` for other than staff; ``BadInput`` for an amount of nothing, an unknown reason, too few
    words, or a company that would compensate itself.
    """
    person = staff_id(by)
    words = " ".join(words.split())
    if amount.minor <= 0:
        raise BadInput(_("Write an amount above zero."), fields={"amount": ""})
    if reason not in CaseReason.values:
        raise BadInput(_("Choose one of the reasons."), fields={"reason": ""})
    if not 10 <= len(words) <= 500:
        told = _("Say in 10 to 500 characters what happened; the company reads it.")
        raise BadInput(told, fields={"words": told})
    if beneficiary is not None and beneficiary.pk == company.pk:
        raise BadInput(_("A company can't compensate itself."), fields={"beneficiary": ""})
    return CompensationCase.objects.create(
        company=company,
        beneficiary=beneficiary,
        currency=amount.currency,
        amount_minor=amount.minor,
        reason=reason,
        words=words,
        opened_by_id=person,
    )


@transaction.atomic
def reject_case(case_id: int, *, by: Actor) -> CompensationCase:
    """Let a second person reject the case."""
    case = _decide(case_id, CaseStatus.REJECTED, by)
    case.save(update_fields=["status", "decided_by", "decided_at"])
    return case


@transaction.atomic
def approve_case(case_id: int, *, expected: Money, by: Actor) -> CompensationCase:
    """Let a second person approve the case: what the wallet has is taken, the rest becomes a debt. Safe to repeat.

    ``expected`` is the amount that the person saw. Money that is set aside for orders stays there. Raises
    ``NotAllowed`` for the person who proposed it, ``BadInput`` for another amount.
    """
    case = CompensationCase.objects.select_for_update(of=("self",)).get(pk=case_id)
    if case.status == CaseStatus.APPROVED:
        return case
    if case.amount != expected:
        raise BadInput(_("The sum has changed since you opened the page. Nothing was taken; look again."))
    case = _decide(case_id, CaseStatus.APPROVED, by)
    taken = _deduct(case, by)
    case.taken_minor, case.owed_minor = taken.minor, case.amount_minor - taken.minor
    case.save(update_fields=["status", "decided_by", "decided_at", "taken_minor", "owed_minor"])
    changed(("company", case.company_id))
    return case


def _decide(case_id: int, after: CaseStatus, by: Actor) -> CompensationCase:
    person = staff_id(by)
    found = CompensationCase.objects.select_for_update(of=("self",)).select_related("company", "beneficiary")
    case = found.get(pk=case_id)
    if case.opened_by_id == person:
        raise NotAllowed(_("A second person decides: you have proposed this case yourself."))
    check_move(CASE_MOVES, case.status, after)
    case.status, case.decided_by_id, case.decided_at = after, person, now()
    return case


def _deduct(case: CompensationCase, by: Actor) -> Money:
    """Post the deduction and the debt as one journal; return what the wallet gave."""
    for _try in range(_TRIES):
        taken = min(available(case.company, case.currency), case.amount)
        taken = max(taken, Money.zero(case.currency))
        try:
            post("compensation", case.public_id, _legs(case, taken), by=by, reason=REASON)
        except InsufficientFunds:  # somebody spent from the wallet between looking and taking
            continue
        return taken
    raise LedgerBusy


def _legs(case: CompensationCase, taken: Money) -> list[Leg]:
    legs, owed = [], case.amount - taken
    if taken.minor:
        legs.append(Leg.transfer(wallet_account(case.company, case.currency), _receiver(case), taken, "taken"))
    if owed.minor:
        # The claimant gets the rest as it is collected: until then it stands in the reserve, against the debt.
        legs.append(Leg.transfer(debt_account(case.company, case.currency), _reserve(case.currency), owed, "owed"))
    return legs


def _receiver(case: CompensationCase) -> AccountId:
    """Return where the money goes: the beneficiary's own account, or the platform's reserve."""
    if case.beneficiary is None:
        return _reserve(case.currency)
    kind = "supplier_payable" if case.beneficiary.kind == CompanyKind.SUPPLIER else "wallet"
    return open_account(kind, case.beneficiary.public_id, case.currency)


def _reserve(currency: str) -> AccountId:
    return open_account("compensation_reserve", _PLATFORM, currency)


# --- The debt -------------------------------------------------------------------------------------------------------


@transaction.atomic
def pay_debt(company: Company, amount: Money, *, key: str, by: Actor) -> Money:
    """Pay a debt from the wallet, at most what is owed; return what was paid. ``key`` makes a repeat one payment.

    Raises ``NotAllowed`` for another company, ``BadInput`` without a debt, ``InsufficientFunds``.
    """
    if by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))
    pays = min(amount, debt_of(company, amount.currency))
    if pays.minor <= 0:
        raise BadInput(_("Nothing is owed in this currency."), fields={"amount": ""})
    leg = Leg.transfer(wallet_account(company, pays.currency), debt_account(company, pays.currency), pays, "debt_paid")
    post("debt.paid", key, [leg], by=by)
    return pays


def pass_on_collected(limit: int = 200) -> int:
    """Clock: give beneficiaries what was collected of the debts owed to them, oldest case first; return how many."""
    open_cases = CompensationCase.objects.filter(
        status=CaseStatus.APPROVED, passed_minor__lt=F("owed_minor"), beneficiary__isnull=False
    )
    return each_due(open_cases.order_by("decided_at", "pk").values_list("pk", flat=True)[:limit], _pass_on)


@transaction.atomic
def _pass_on(case_id: int) -> bool:
    found = CompensationCase.objects.select_for_update(of=("self",)).select_related("company", "beneficiary")
    case = found.get(pk=case_id)
    due = _collected_for(case) - Money(case.passed_minor, case.currency)
    if due.minor <= 0:
        return False
    case.passed_minor += due.minor
    case.save(update_fields=["passed_minor"])
    leg = Leg.transfer(_reserve(case.currency), _receiver(case), due, "collected")
    post("compensation.passed_on", f"{case.public_id}:{case.passed_minor}", [leg], by=SYSTEM)
    return True


def _collected_for(case: CompensationCase) -> Money:
    """Return how much of the case's debt is paid: debts are paid oldest first, so the newer ones are still owed."""
    newer = CompensationCase.objects.filter(
        company=case.company_id, currency=case.currency, status=CaseStatus.APPROVED
    ).filter(decided_at__gt=case.decided_at)
    owed_on_newer = sum(row.owed_minor for row in newer)
    still_owed = debt_of(case.company, case.currency).minor - owed_on_newer
    return Money(case.owed_minor - min(max(still_owed, 0), case.owed_minor), case.currency)
