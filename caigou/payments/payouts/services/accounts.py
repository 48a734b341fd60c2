"""The beneficiary-change guard: a new payout account cools off, and a second person asks the company another way.

The bank-switch scam is the best-known loss of this trade: somebody writes in a supplier's name that its bank has
changed. Here nothing that was asked for goes to a new account, and a new one is worth nothing before two days have
passed and a person of the house has asked the company on a way that was known before.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.states import check_move
from caigou.payments.bank.services.accounts import AccountDetails, checked
from caigou.payments.bank.services.persons import another_than, reason_of
from caigou.payments.payouts.models import PAYOUT_ACCOUNT_MOVES, PayoutAccount, PayoutAccountStatus
from caigou.payments.payouts.services.letters import tell_company
from caigou.payments.settings import COOLING_OFF_HOURS

_COUNTED = (PayoutAccountStatus.CHECKING, PayoutAccountStatus.CONFIRMED)


@transaction.atomic
def enter_payout_account(company: Company, details: AccountDetails, *, by: Actor) -> PayoutAccount:
    """Note where ``company`` wants to be paid; nothing is paid there before the guard has let it through.

    The company's people hear of it by mail, as of a confirmation and a removal.

    Raises ``BadInput`` for wrong details and an account that is there already, ``NotAllowed`` for anybody else's
    company, staff included: who could enter an account and confirm it could pay themselves.
    """
    if by.company_id != company.pk or by.user_id is None:
        raise NotAllowed(_("Only the company itself says where it is paid."))
    found = checked(details, needs_bic=True)
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)  # the same one twice at once
    if PayoutAccount.objects.filter(
        company=company, number=found.number, currency=found.currency, status__in=_COUNTED
    ).exists():
        words = _("This account is in the list already.")
        raise BadInput(words, fields={"number": words})
    moment = now()
    account = PayoutAccount.objects.create(
        **asdict(found),
        company=company,
        entered_by_id=by.user_id,
        entered_at=moment,
        usable_from=moment + timedelta(hours=COOLING_OFF_HOURS.value),
    )
    tell_company(account, "entered")
    return account


@transaction.atomic
def confirm_payout_account(account_id: int, *, asked_how: str, by: Actor) -> PayoutAccount:
    """Confirm that the company itself said so when asked on a way known before; the cooling-off runs on.

    ``asked_how`` says whom and how, and is kept. ``NotAllowed`` for other than staff.
    """
    account = _decide(account_id, PayoutAccountStatus.CONFIRMED, asked_how, by)
    tell_company(account, "confirmed")
    return account


@transaction.atomic
def refuse_payout_account(account_id: int, *, reason: str, by: Actor) -> PayoutAccount:
    """Refuse an account whose company, asked, knows nothing of it. ``NotAllowed`` for other than staff."""
    return _decide(account_id, PayoutAccountStatus.REFUSED, reason, by)


def _decide(account_id: int, after: PayoutAccountStatus, words: str, by: Actor) -> PayoutAccount:
    account = PayoutAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    person = another_than(account.entered_by_id, by)
    check_move(PAYOUT_ACCOUNT_MOVES, account.status, after)
    account.asked_how = reason_of(words)
    account.status, account.decided_by_id, account.decided_at = after, person, now()
    account.save(update_fields=["status", "decided_by", "decided_at", "asked_how"])
    return account


@transaction.atomic
def remove_payout_account(account_id: int, *, by: Actor) -> PayoutAccount:
    """Take an account off the list: no new payout goes there; what was asked for before stays pinned to it."""
    account = PayoutAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    if by.company_id != account.company_id and not by.is_staff:
        raise NotAllowed(_("Only the company itself says where it is paid."))
    check_move(PAYOUT_ACCOUNT_MOVES, account.status, PayoutAccountStatus.REMOVED)
    account.status, account.removed_at = PayoutAccountStatus.REMOVED, now()
    account.save(update_fields=["status", "removed_at"])
    tell_company(account, "removed")
    return account
