"""How much of customers' money one person decided alone within a day, whatever it was: no sum can be cut small.

Suspense, refunds and differences with gateways count together, and every currency at today's rates: otherwise somebody
could decide alone just below the limit on each page and in each currency (promise 19).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from caigou.accounts.models import User
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.money import CURRENCIES, Money
from caigou.payments.bank.models import DecisionStatus, SuspenseDecision
from caigou.payments.bank.services.persons import staff_id
from caigou.payments.rates.current import current
from caigou.payments.rates.table import OWN
from caigou.payments.refunds.models import Refund
from caigou.payments.settings import SECOND_PERSON_FROM, WALLET_CURRENCIES
from caigou.payments.settlements.models import MOVES_MONEY, DifferenceStatus, GatewayDifference

_DAY = timedelta(days=1)


def limit() -> Money:
    """Return the sum from which two persons decide, in the house's first currency."""
    currency = WALLET_CURRENCIES.value[0]
    return Money(SECOND_PERSON_FROM.value * 10 ** CURRENCIES[currency], currency)


def decider(by: Actor) -> int:
    """Return the person of finance who decides, locked: two of theirs at once would each count as the first.

    Before any other lock of the decision. Raises ``NotAllowed`` for others and for the system.
    """
    person = staff_id(by)
    User.objects.select_for_update(of=("self",)).get(pk=person)
    return person


def takes_two(person: int, amount: Money) -> bool:
    """Say whether ``amount``, with all that the person decided alone within a day, takes a second person.

    A currency without a published rate can't be counted, so it takes two. To be asked of a ``decider``.
    """
    most = limit()
    total = Money.zero(most.currency)
    for one in (amount, *_alone(person)):
        counted = _in_house_currency(one, most.currency)
        if counted is None:
            return True
        total += counted
    return total >= most


def _in_house_currency(money: Money, wanted: str) -> Money | None:
    if money.currency == wanted:
        return money
    found = current().estimate(money, wanted)
    # A rate that one person can enter would make any sum a small one.
    return None if found is None or OWN in found.rate.sources else found.value


def _alone(person: int) -> Iterator[Money]:
    """Yield what this person decided alone within a day."""
    since = now() - _DAY
    decided = SuspenseDecision.objects.filter(
        asked_by=person, asked_at__gt=since, decided_by=None, status=DecisionStatus.DONE
    )
    for minor, currency in decided.values_list("line__amount_minor", "line__currency"):
        yield Money(minor, currency)
    for refund in Refund.objects.filter(agreed_by=person, agreed_at__gt=since, needs_second=False):
        yield refund.amount
    resolved = GatewayDifference.objects.filter(
        asked_by=person,
        asked_at__gt=since,
        decided_by=None,
        status=DifferenceStatus.RESOLVED,
        resolution__in=MOVES_MONEY,
    )
    for one in resolved.select_related("row"):
        if one.delta is not None:
            yield abs(one.delta)
