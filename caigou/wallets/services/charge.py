"""The platform charges a service of its own, an agent's fee or a freight that it bought, to a buyer's wallet (A14)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile
from caigou.kernel.money import Money
from caigou.payments.bank.services.persons import staff_id
from caigou.payments.services.ask import withdraw
from caigou.wallets.models import Authorisation, ServiceKind, ServicePayment
from caigou.wallets.services.authorise import PURPOSE, NotAuthorised, left_this_month, pay_provider
from caigou.wallets.services.letters import tell_payer


@transaction.atomic
def charge_service(
    authorisation: Authorisation,
    amount: Money,
    *,
    words: str,
    order_number: str = "",
    told: Money | None = None,
    once: str,
    by: Actor,
) -> ServicePayment:
    """Charge what the house did for a buyer under the buyer's authorisation; it is income of the platform.

    ``once`` is the key of the form: sent again it returns the same charge. ``told`` is what the buyer was told before.
    While the wallet is short the charge waits whole. The buyer is written to. Raises ``NotAuthorised`` when the word
    was taken back or the sum is beyond its limits, ``BadInput`` for sums of nothing or without words,
    ``ChangedMeanwhile`` for another charge under a key that was used, ``NotAllowed`` without the right of finance.
    """
    staff_id(by)
    words = " ".join(words.split())[:200]
    # Locked before it is looked for: of two clicks at once the second must find what the first has charged.
    word = Authorisation.objects.select_for_update(of=("self",)).select_related("company").get(pk=authorisation.pk)
    made = ServicePayment.objects.select_related("authorisation").filter(cause=f"charge:{once}").first()
    if made is not None:
        return _the_same(made, word, amount, words, order_number)
    _require_allowed(word, amount)
    if len(words) < 3:
        short = _("Say in a few words what it is for: the buyer reads it.")
        raise BadInput(short, fields={"words": short})
    payment = pay_provider(
        word.company,
        Company.objects.get(pk=by.company_id or 0),
        amount,
        service=ServiceKind(word.service),
        cause=f"charge:{once}",
        by=by,
        estimated=told,
        words=words,
        order_number=order_number,
    )
    _the_same(payment, word, amount, words, order_number)  # the key may have charged under another word a moment ago
    tell_payer(payment)
    return payment


def _the_same(
    made: ServicePayment, word: Authorisation, amount: Money, words: str, order_number: str
) -> ServicePayment:
    told = (made.company_id, made.authorisation.service, made.amount, made.words, made.order_number)
    if told != (word.company_id, word.service, amount, words, order_number):
        raise ChangedMeanwhile(_("This form has charged already. Open a new one for another charge."))
    return made


def _require_allowed(word: Authorisation, amount: Money) -> None:
    """Raise what to mend, under the field at fault, before the payment itself refuses."""
    if word.revoked_at is not None:
        raise NotAuthorised(_("The buyer has taken this authorisation back. Ask the buyer for a new one."))
    if amount.currency != word.currency or amount.minor <= 0:
        nothing = _("Write an amount above zero.")
        raise BadInput(nothing, fields={"amount": nothing})
    if amount > word.each or amount > left_this_month(word):
        beyond = _("This is beyond what the buyer allows. Charge less, or ask the buyer for a higher limit.")
        raise NotAuthorised(beyond, fields={"amount": beyond})


@transaction.atomic
def withdraw_charge(public_id: str, *, by: Actor) -> None:
    """Take a charge back that waits for money; its share of the month is free again. Safe to repeat.

    Raises ``BadInput`` for one that is paid, ``NotAllowed`` without the right of finance.
    """
    person = staff_id(by)
    payment = ServicePayment.objects.select_for_update(of=("self",)).get(public_id=public_id)
    if payment.withdrawn_at is not None:
        return
    if payment.paid_at is not None:
        raise BadInput(_("It is paid by now, so it can't be taken back. Nothing was changed."))
    withdraw(PURPOSE, payment.public_id, by=by)
    payment.withdrawn_by_id, payment.withdrawn_at = person, now()
    payment.save(update_fields=["withdrawn_by", "withdrawn_at"])
