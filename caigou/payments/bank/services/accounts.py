"""The operator's bank accounts: entered by one person, let into use by another, closed; never edited."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum import bic as bics
from stdnum import iban as ibans

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES
from caigou.kernel.states import check_move
from caigou.payments.bank.formats.said import number_of, plain
from caigou.payments.bank.models import AccountStatus, BankAccount, VirtualAccount
from caigou.payments.bank.models.accounts import BANK_ACCOUNT_MOVES
from caigou.payments.bank.services.persons import another_than, reason_of, staff_id


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """Whose account it is, where, and in which currency. ``number`` is an IBAN or the bank's own number."""

    holder: str
    number: str
    bank_name: str
    bic: str
    country: str
    currency: str


def checked(details: AccountDetails, *, needs_bic: bool = False) -> AccountDetails:
    """Return the details as they are stored; raises ``BadInput`` that says which is wrong.

    A number that looks like an IBAN must be one: its check digits find a wrong sign or two that were swapped.
    """
    found = AccountDetails(
        holder=plain(details.holder, 141),
        number=number_of(details.number),
        bank_name=plain(details.bank_name, 141),
        bic=number_of(details.bic),
        country=details.country.strip().upper(),
        currency=details.currency.strip().upper(),
    )
    wrong: dict[str, str] = {}
    if not 2 <= len(found.holder) <= 140:
        wrong["holder"] = _("Write the holder's name in 2 to 140 characters, as the bank has it.")
    if not 2 <= len(found.bank_name) <= 140:
        wrong["bank_name"] = _("Write the bank's name in 2 to 140 characters.")
    if not len(found.number) >= 5 or len(details.number) > 60:
        wrong["number"] = _("Write the account number or IBAN in 5 to 34 letters and digits.")
    elif found.number[:2].isalpha() and not ibans.is_valid(found.number):
        wrong["number"] = _("The check digits of this IBAN don't fit. Compare it sign by sign.")
    if (found.bic or needs_bic) and not bics.is_valid(found.bic):
        wrong["bic"] = _("Write the BIC in 8 or 11 letters and digits, such as ICBKCNBJ.")
    if len(found.country) != 2 or not found.country.isascii() or not found.country.isalpha():
        wrong["country"] = _("Choose the country of the bank.")
    if found.currency not in CURRENCIES or found.currency == "PTS":
        wrong["currency"] = _("Choose a currency of the list.")
    if wrong:
        raise BadInput(next(iter(wrong.values())), fields=wrong)
    return found


@transaction.atomic
def propose_account(details: AccountDetails, *, reason: str, by: Actor) -> BankAccount:
    """Enter an account of ours; nobody sees it before a second person lets it into use.

    Raises ``BadInput`` for wrong details and for an account that is there already, ``NotAllowed`` for non-staff.
    """
    person, reason, found = staff_id(by), reason_of(reason), checked(details)
    if BankAccount.objects.exclude(status=AccountStatus.CLOSED).filter(number=found.number, currency=found.currency):
        words = _("This account is in the list already.")
        raise BadInput(words, fields={"number": words})
    return BankAccount.objects.create(**asdict(found), reason=reason, entered_by_id=person)


@transaction.atomic
def confirm_account(account_id: int, *, by: Actor) -> BankAccount:
    """Let an account into use: buyers see it from now on. ``NotAllowed`` for the person who entered it."""
    account = BankAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    person = another_than(account.entered_by_id, by)
    check_move(BANK_ACCOUNT_MOVES, account.status, AccountStatus.OPEN)
    account.status, account.confirmed_by_id, account.confirmed_at = AccountStatus.OPEN, person, now()
    account.save(update_fields=["status", "confirmed_by", "confirmed_at"])
    return account


@transaction.atomic
def close_account(account_id: int, *, reason: str, by: Actor) -> BankAccount:
    """Take an account out of use: nobody is told to pay to it any more; its statements are still taken in."""
    account = BankAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    person = staff_id(by)
    check_move(BANK_ACCOUNT_MOVES, account.status, AccountStatus.CLOSED)
    account.status, account.closed_by_id, account.closed_at = AccountStatus.CLOSED, person, now()
    account.closed_because = reason_of(reason)
    account.save(update_fields=["status", "closed_by", "closed_at", "closed_because"])
    return account


@transaction.atomic
def open_virtual(account: BankAccount, company: Company, number: str, *, by: Actor) -> VirtualAccount:
    """Note a number that the bank gave us for one buyer. ``BadInput`` when it is no number, or somebody's already.

    Of two people who give it away at the same moment one is told so.
    """
    person, compact = staff_id(by), number_of(number)
    taken = _("This number belongs to somebody already, and is never given to another.")
    wrong = ""
    if len(compact) < 5 or (compact[:2].isalpha() and not ibans.is_valid(compact)):
        wrong = _("The check digits of this IBAN don't fit. Compare it sign by sign.")
    elif BankAccount.objects.filter(number=compact).exists() or VirtualAccount.objects.filter(number=compact).exists():
        wrong = taken
    if wrong:
        raise BadInput(wrong, fields={"number": wrong})
    try:
        with transaction.atomic():
            return VirtualAccount.objects.create(account=account, company=company, number=compact, opened_by_id=person)
    except IntegrityError:  # somebody else was quicker: the number is looked for before it is stored
        raise BadInput(taken, fields={"number": taken}) from None


def account_for(currency: str) -> BankAccount | None:
    """Return the account on which transfers in ``currency`` arrive: the newest in use."""
    return BankAccount.objects.filter(status=AccountStatus.OPEN, currency=currency).order_by("-confirmed_at").first()
