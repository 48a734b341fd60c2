"""Block all payments of a company in one request: a lost account, a stolen session (promises 7 and 11, terms 1.2, 4.5).

Anybody at the company may block at once, also by the link in our letters without signing in: whoever took the session
over can't stop them. Money still arrives. Two people of the platform's finance let payments out again.
"""

from __future__ import annotations

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.block_links import company_of
from caigou.accounts.models import Company
from caigou.jobs.changes import changed
from caigou.jobs.worker import each_due
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.ledger.models import Account, AccountStatus
from caigou.ledger.services import AccountId, restrict, status_of, unfreeze
from caigou.payments.bank.services.persons import another_than, reason_of, staff_id
from caigou.wallets.models import PaymentBlock

#: Kinds of ledger account that are a company's own.
_KINDS = ("wallet", "supplier_payable", "agent_payable", "logistics_payable", "promoter_payable")


def standing_block(company: Company) -> PaymentBlock | None:
    """Return the block that stands."""
    return company.payment_blocks.filter(lifted_at=None).select_related("by", "lift_asked_by").first()


@transaction.atomic
def block_payments(company: Company, *, reason: str, by: Actor) -> PaymentBlock:
    """Let nothing out of the company's accounts from now on. Safe to repeat.

    When it has returned and is committed, no debit gets through. Raises ``NotAllowed`` for anyone but the company's own
    people and the platform's finance, ``BadInput`` without a reason.
    """
    if by.company_id != company.pk and not by.is_system:
        staff_id(by)
    reason = reason_of(reason)
    _one_at_a_time(company.pk)
    there = standing_block(company)
    if there is not None:
        return there
    block = PaymentBlock.objects.create(company=company, reason=reason, by_id=by.user_id)
    _restrict(block, by)
    changed(("company", company.pk))
    return block


def _one_at_a_time(company_id: int) -> None:
    """Let blocking and lifting of a company wait for each other: who blocks while it is lifted blocks it anew."""
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company_id)


def block_by_link(token: str) -> Company | None:
    """Block the payments of the company whose letter had this link; None for a link that is none, or too old."""
    try:
        company = Company.objects.get(public_id=company_of(token))
    except (signing.BadSignature, Company.DoesNotExist):
        return None
    block_payments(company, reason=_("By the link in a letter."), by=SYSTEM)
    return company


def _restrict(block: PaymentBlock, by: Actor) -> int:
    """Restrict the company's accounts that are open; return how many."""
    mine = Account.objects.filter(kind__in=_KINDS, owner=block.company.public_id).order_by("pk")
    still_open = [pk for pk in map(AccountId, mine.values_list("pk", flat=True)) if status_of(pk) == AccountStatus.OPEN]
    for account in still_open:
        restrict(account, reason=block.reason, by=by)
    return len(still_open)


def restrict_new_accounts() -> int:
    """Clock: restrict what was opened since for blocked companies, in currencies they never had; return of how many."""
    return each_due(PaymentBlock.objects.filter(lifted_at=None).values_list("pk", flat=True), restrict_new)


@transaction.atomic
def restrict_new(block_id: int) -> bool:
    """Restrict what was opened since; False for a block that was lifted meanwhile, whose accounts are free again."""
    block = _locked(block_id)
    return block is not None and _restrict(block, SYSTEM) > 0


@transaction.atomic
def ask_to_lift(block_id: int, *, reason: str, by: Actor) -> PaymentBlock:
    """Ask that payments go out again; a second person has to agree. ``NotAllowed`` for other than finance."""
    block = _standing(block_id)
    block.lift_asked_by_id, block.lift_reason = staff_id(by), reason_of(reason)
    block.save(update_fields=["lift_asked_by", "lift_reason"])
    return block


@transaction.atomic
def agree_to_lift(block_id: int, *, by: Actor) -> PaymentBlock:
    """Let payments out again, as the second person. ``NotAllowed`` for who asked, ``BadInput`` when nobody did."""
    _one_at_a_time(PaymentBlock.objects.values_list("company_id", flat=True).get(pk=block_id))
    block = _standing(block_id)
    if block.lift_asked_by_id is None:
        raise BadInput(_("Nothing waits for a second person here any more."))
    person = another_than(block.lift_asked_by_id, by)
    if by.company_id == block.company_id:
        raise NotAllowed(_("Only the platform's staff may do this."))
    for pk in Account.objects.filter(kind__in=_KINDS, owner=block.company.public_id).values_list("pk", flat=True):
        if status_of(AccountId(pk)) == AccountStatus.NO_DEBIT:
            unfreeze(AccountId(pk), reason=block.lift_reason, by=by)
    block.lifted_by_id, block.lifted_at = person, now()
    block.save(update_fields=["lifted_by", "lifted_at"])
    changed(("company", block.company_id))
    return block


def _locked(block_id: int) -> PaymentBlock | None:
    found = PaymentBlock.objects.select_for_update(of=("self",)).select_related("company")
    return found.filter(pk=block_id, lifted_at=None).first()


def _standing(block_id: int) -> PaymentBlock:
    block = _locked(block_id)
    if block is None:
        raise BadInput(_("Nothing waits here any more: somebody has decided."))
    return block
