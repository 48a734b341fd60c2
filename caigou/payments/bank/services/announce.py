"""A buyer says that a transfer comes, and is told where to and under which reference (F11)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import MAX_MINOR, Money
from caigou.kernel.states import check_move
from caigou.payments.bank.models import CorporateTransfer, TransferStatus
from caigou.payments.bank.models.transfers import TRANSFER_MOVES
from caigou.payments.bank.references import new_reference
from caigou.payments.bank.services.accounts import account_for
from caigou.payments.services.recharge import RECHARGE_RULES
from caigou.payments.settings import WALLET_CURRENCIES

#: Transfers of one company that may wait at the same time.
MOST_WAITING = 50


@transaction.atomic
def announce_transfer(company: Company, amount: Money, *, by: Actor, next_page: str = "") -> CorporateTransfer:
    """Note that ``company`` will transfer ``amount``; no money moves. The reference is the transfer's for ever.

    Raises ``BadInput`` for an amount that isn't positive or far too large, a currency that isn't taken or has no
    account of ours, or too many transfers that wait; ``NotAllowed`` for another company's wallet; and what a rule of
    ``RECHARGE_RULES`` raises.
    """
    if by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))
    account = account_for(amount.currency) if amount.currency in WALLET_CURRENCIES.value else None
    if account is None:
        words = _("There is no bank account for this currency yet. Choose another, or another way to pay.")
        raise BadInput(words, fields={"currency": words})
    if not 0 < amount.minor <= MAX_MINOR:
        words = _("Write the amount in plain digits with a point, such as 1234.50.")
        raise BadInput(words, fields={"amount": words})
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)  # two at once count each other
    if CorporateTransfer.objects.filter(company=company, status=TransferStatus.WAITING).count() >= MOST_WAITING:
        raise BadInput(_("Many transfers wait already. Cancel those that will not come, then announce this one."))
    for rule in RECHARGE_RULES:
        rule(company, amount)
    return CorporateTransfer.objects.create(
        company=company,
        by_id=by.user_id,
        account=account,
        currency=amount.currency,
        amount_minor=amount.minor,
        reference=new_reference(),
        next_page=next_page,
    )


@transaction.atomic
def cancel_transfer(transfer_id: int, *, by: Actor) -> CorporateTransfer:
    """Take an announcement back; money that comes under its reference all the same waits for a person."""
    transfer = CorporateTransfer.objects.select_for_update(of=("self",)).get(pk=transfer_id)
    if by.company_id != transfer.company_id and not by.is_staff:
        raise NotAllowed(_("This wallet belongs to another company."))
    check_move(TRANSFER_MOVES, transfer.status, TransferStatus.CANCELLED)
    transfer.status = TransferStatus.CANCELLED
    transfer.save(update_fields=["status"])
    return transfer
