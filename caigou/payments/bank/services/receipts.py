"""A receipt entered by hand, with a picture: credited when another person agrees, and tied to its line later."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.files.models import Picture
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.payments.bank.formats.said import plain
from caigou.payments.bank.models import (
    BankAccount,
    BankLine,
    BankReceipt,
    CorporateTransfer,
    DecisionStatus,
    LineStatus,
    TransferStatus,
)
from caigou.payments.bank.models.suspense import RECEIPT_MOVES
from caigou.payments.bank.references import compact
from caigou.payments.bank.services.match import RECEIPT_DAYS
from caigou.payments.bank.services.persons import another_than, reason_of, staff_id
from caigou.payments.bank.services.posting import arrived, at_bank, credit_wallet


@transaction.atomic
def enter_receipt(
    account: BankAccount,
    company: Company,
    amount: Money,
    *,
    day: date,
    note: str,
    picture: Picture,
    by: Actor,
    reference: str = "",
    payer_name: str = "",
) -> BankReceipt:
    """Note money that arrived and whose statement isn't here yet; nothing moves before another person agrees.

    Raises ``BadInput`` for another currency than the account's, no positive amount or a day to come, ``NotAllowed``
    for non-staff.
    """
    person = staff_id(by)
    wrong: dict[str, str] = {}
    if amount.currency != account.currency or amount.minor <= 0:
        wrong["amount"] = _("Write the amount in plain digits with a point, such as 1234.50.")
    if day > now().date():
        wrong["day"] = _("This day is still to come.")
    if wrong:
        raise BadInput(next(iter(wrong.values())), fields=wrong)
    return BankReceipt.objects.create(
        account=account,
        company=company,
        currency=amount.currency,
        amount_minor=amount.minor,
        day=day,
        reference=compact(plain(reference, 140)),
        payer_name=plain(payer_name, 140),
        note=reason_of(note),
        picture=picture,
        asked_by_id=person,
    )


@transaction.atomic
def answer_receipt(receipt_id: int, *, agree: bool, by: Actor) -> BankReceipt:
    """Agree to a receipt, which credits its company, or refuse it. ``NotAllowed`` for the person who entered it.

    Raises ``BadInput`` when the bank's statement brought the same money meanwhile: then it is credited already.
    """
    receipt = (
        BankReceipt.objects.select_for_update(of=("self",)).select_related("company", "account").get(pk=receipt_id)
    )
    receipt.decided_by_id = another_than(receipt.asked_by_id, by)
    check_move(RECEIPT_MOVES, receipt.status, DecisionStatus.DONE if agree else DecisionStatus.REFUSED)
    # A statement of this account that is being taken in or matched is waited for.
    BankAccount.objects.select_for_update(of=("self",)).get(pk=receipt.account_id)
    if agree and _came_meanwhile(receipt):
        raise BadInput(_("The bank's statement has this money by now. Refuse the receipt; its line is enough."))
    receipt.status = DecisionStatus.DONE if agree else DecisionStatus.REFUSED
    receipt.decided_at = now()
    receipt.save(update_fields=["status", "decided_by", "decided_at"])
    if agree:
        _credit(receipt, by)
    return receipt


def _came_meanwhile(receipt: BankReceipt) -> bool:
    days = (receipt.day - RECEIPT_DAYS, receipt.day + RECEIPT_DAYS)
    lines = BankLine.objects.filter(
        account=receipt.account, is_credit=True, amount_minor=receipt.amount_minor, day__range=days, receipt=None
    )
    mine = lines.filter(company=receipt.company, status=LineStatus.CREDITED)
    nobodys = lines.filter(status__in=(LineStatus.NEW, LineStatus.SUSPENSE))
    return mine.exists() or nobodys.exists()


def _credit(receipt: BankReceipt, by: Actor) -> None:
    transfers = CorporateTransfer.objects.select_for_update(of=("self",)).exclude(status=TransferStatus.CANCELLED)
    transfer = transfers.filter(
        company=receipt.company, currency=receipt.currency, reference=receipt.reference or "-"
    ).first()
    if transfer is not None:
        arrived(transfer, receipt.amount)
    credit_wallet(
        receipt.company,
        receipt.amount,
        from_account=at_bank(receipt.account),
        purpose="bank.receipt",
        source=receipt.public_id,
        day=receipt.day,
        by=by,
    )
