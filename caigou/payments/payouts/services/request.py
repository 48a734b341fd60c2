"""Ask for a payout: the sum is set aside, and payee and number are written down for good."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind
from caigou.accounts.services.credentials import payouts_held_until
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, HoldId, hold, open_account, release
from caigou.payments.bank.models import BankAccount, BankLine, LineStatus
from caigou.payments.bank.services.accounts import account_for
from caigou.payments.bank.services.posting import at_bank, in_suspense
from caigou.payments.payouts.models import PAYOUT_MOVES, Payout, PayoutAccount, PayoutAccountStatus, PayoutStatus
from caigou.payments.services.wallet import wallet_account

#: What a company of each kind can be paid from. A wallet is none of them: it is for paying here (D5).
EARNINGS: Final = {CompanyKind.SUPPLIER: "supplier_payable"}


@transaction.atomic
def request_payout(company: Company, account_id: int, amount: Money, *, by: Actor) -> Payout:
    """Set ``amount`` of what the company has earned aside for one of its accounts.

    Raises ``BadInput`` for a company without earnings, an account that isn't usable yet or has another currency, or
    no positive amount; ``InsufficientFunds``, ``AccountBlocked``; ``NotAllowed`` for anybody else's company.
    """
    if by.company_id != company.pk or by.user_id is None:
        raise NotAllowed(_("Only the company itself asks for its money."))
    kind = EARNINGS.get(CompanyKind(company.kind))
    account = PayoutAccount.objects.select_for_update(of=("self",)).filter(company=company, pk=account_id).first()
    if kind is None or account is None:
        raise BadInput(_("Choose one of your own accounts."), fields={"account": _("Choose one of your own accounts.")})
    check_usable(account, amount)
    check_not_held(company)
    ours = account_for(amount.currency)
    if ours is None:
        raise BadInput(_("There is no bank account for this currency yet. Ask our support."))
    public_id = new_public_id()
    held = hold(
        open_account(kind, company.public_id, amount.currency),
        at_bank(ours),
        amount,
        purpose="payout.hold",
        source=public_id,
        by=by,
    )
    return write_payout(public_id, held, amount, ours, account=account, by=by)


def check_usable(account: PayoutAccount, amount: Money) -> None:
    """Raise ``BadInput`` unless ``amount`` may be paid to the account now: confirmed, cooled off, of its currency."""
    words = ""
    if account.status != PayoutAccountStatus.CONFIRMED:
        words = _("This account isn't confirmed yet. We ask you about it on a way that we knew before.")
    elif now() < account.usable_from:
        words = _("This account is new. Payouts to it begin when its cooling-off has ended.")
    elif amount.currency != account.currency:
        words = _("This account takes another currency.")
    if words:
        raise BadInput(words, fields={"account": words})
    if amount.minor <= 0:
        words = _("Write the amount in plain digits with a point, such as 1234.50.")
        raise BadInput(words, fields={"amount": words})


def check_not_held(company: Company) -> None:
    """Raise ``BadInput`` while payouts wait because one of the company's people changed how they sign in."""
    until = payouts_held_until(company.pk)
    if until is not None:
        words = _("Somebody at your company changed password or e-mail. Payouts can be asked for from %(moment)s on.")
        raise BadInput(words % {"moment": f"{until:%Y-%m-%d %H:%M} UTC"})


def write_payout(
    public_id: str, held: HoldId, amount: Money, ours: BankAccount, *, account: PayoutAccount, by: Actor
) -> Payout:
    """Write a payout down whose sum is set aside already; inside the caller's work."""
    return Payout.objects.create(
        public_id=public_id,
        company_id=account.company_id,
        account=account,
        from_account=ours,
        holder=account.holder,
        number=account.number,
        bic=account.bic,
        country=account.country,
        currency=amount.currency,
        amount_minor=amount.minor,
        reference=_reference(public_id),
        hold_id=held,
        by_id=by.user_id,
    )


def _reference(public_id: str) -> str:
    """Return the end-to-end id: capitals and digits, which every bank hands on as they are."""
    return f"CG{public_id.upper()}"


def give_back(line: BankLine, *, by: Actor) -> Payout:
    """Set what a line in suspense brought aside, to go back to the account it came from; inside the caller's work."""
    return _to_payer(line, line.amount, in_suspense(line), by=by, line=line)


def left_of_line(line: BankLine) -> Money:
    """Return what of a credited line isn't on its way back; zero where the bank doesn't say where it came from.

    A line that was entered by hand before is its receipt's: it was credited then, and goes back as any other.
    """
    if line.status not in (LineStatus.CREDITED, LineStatus.RECEIPT) or not (line.payer_number and line.payer_name):
        return Money.zero(line.currency)
    gone = (PayoutStatus.CANCELLED, PayoutStatus.RETURNED)
    back = line.sent_back.exclude(status__in=gone).aggregate(sum=Sum("amount_minor"))["sum"]
    return line.amount - Money(int(back or 0), line.currency)


@transaction.atomic
def return_transfer(line_id: int, amount: Money, *, by: Actor) -> Payout:
    """Set unspent money of a bank transfer aside, to go back to the account it came from, as a payout (D5).

    Two persons agree to it with its batch. Raises ``BadInput`` for more than came by this line less what is on its
    way back; ``InsufficientFunds``, ``AccountBlocked``; ``NotAllowed`` for another company's.
    """
    # The line's row is what two who ask at once wait for: the second counts the first.
    locked = BankLine.objects.select_for_update(of=("self",)).select_related("account")
    line = locked.get(pk=line_id)
    if line.company_id is None or by.company_id != line.company_id:
        raise NotAllowed(_("This wallet belongs to another company."))
    company, left = Company.objects.get(pk=line.company_id), left_of_line(line)
    words = ""
    if amount.currency != line.currency or amount.minor <= 0:
        words = _("Write the amount in plain digits with a point, such as 1234.50.")
    elif amount > left:
        words = _("Of this recharge %(left)s can be sent back at most.") % {"left": left}
    if words:
        raise BadInput(words, fields={"amount": words})
    check_not_held(company)
    return _to_payer(line, amount, wallet_account(company, line.currency), by=by, returns=line, company=company)


def _to_payer(told: BankLine, amount: Money, source: AccountId, *, by: Actor, **why: Any) -> Payout:
    """Write down a payout to the account that a line came from, to no other."""
    public_id = new_public_id()
    held = hold(source, at_bank(told.account), amount, purpose="payout.hold", source=public_id, by=by)
    return Payout.objects.create(
        **why,
        public_id=public_id,
        from_account=told.account,
        holder=told.payer_name,
        number=told.payer_number,
        bic=told.payer_bic,
        country=told.payer_number[:2] if told.payer_number[:2].isalpha() else "",
        currency=told.currency,
        amount_minor=amount.minor,
        reference=_reference(public_id),
        hold_id=held,
        by_id=by.user_id,
    )


@transaction.atomic
def cancel_payout(payout_id: int, *, by: Actor) -> Payout:
    """Take a payout back that is in no batch yet; the sum is free again. What goes back to a payer stays asked for."""
    payout = Payout.objects.select_for_update(of=("self",)).get(pk=payout_id)
    if payout.company_id is None or (by.company_id != payout.company_id and not by.is_staff):
        raise NotAllowed(_("Only the company itself asks for its money."))
    check_move(PAYOUT_MOVES, payout.status, PayoutStatus.CANCELLED)
    if payout.batch_id is not None:
        raise BadInput(_("This payout is in a batch that waits for its approval. Refuse the batch first."))
    payout.status, payout.ended_at = PayoutStatus.CANCELLED, now()
    payout.save(update_fields=["status", "ended_at"])
    release(HoldId(payout.hold_id), purpose="payout.cancelled", source=payout.public_id, by=by)
    return payout
