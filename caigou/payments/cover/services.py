"""Enter a covering trade, and book it as the second person: positions go down, the result is the platform's own."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import PLATFORM, Leg, open_account, post
from caigou.payments.bank.formats.said import plain
from caigou.payments.bank.models import AccountStatus, BankAccount, DecisionStatus
from caigou.payments.bank.services.persons import another_than, reason_of, staff_id
from caigou.payments.bank.services.posting import at_bank, happened, in_suspense
from caigou.payments.cover.books import open_against, result_of
from caigou.payments.cover.lines import tie_earlier
from caigou.payments.cover.models import COVER_MOVES, CoverTrade

#: What it is called in the books; the source is the trade's public id.
PURPOSE = "fx.covered"
_LOCK = 54_000_054


@transaction.atomic
def enter_cover(
    sold_from: BankAccount,
    sold: Money,
    bought_on: BankAccount,
    bought: Money,
    *,
    day: date,
    reference: str,
    reason: str,
    by: Actor,
) -> CoverTrade:
    """Note that ``sold`` was exchanged into ``bought`` at a bank; nothing is booked before another person agrees.

    Raises ``BadInput`` for accounts that aren't in use or have one currency, sums of another currency than theirs,
    more than is open of the currency sold, a day to come, or a deal that is there already; ``NotAllowed`` without the
    right of finance.
    """
    person, reason, reference = staff_id(by), reason_of(reason), plain(reference, 60)
    wrong: dict[str, str] = {}
    if sold_from.currency == bought_on.currency:
        wrong["bought_on"] = _("Choose two currencies.")
    if {sold_from.status, bought_on.status} != {AccountStatus.OPEN}:
        wrong["sold_from"] = _("Choose accounts of ours that are in use.")
    for name, sum_, account in (("sold", sold, sold_from), ("bought", bought, bought_on)):
        if sum_.currency != account.currency or sum_.minor <= 0:
            wrong[name] = _("Write the amount in plain digits with a point, such as 1234.50.")
    if day > now().date():
        wrong["day"] = _("This day is still to come.")
    if len(reference) < 3:
        wrong["reference"] = _("Write how the bank calls the deal, in 3 characters at least.")
    if not wrong and (words := _too_much(sold, bought.currency)):
        wrong["sold"] = words
    if wrong:
        raise BadInput(next(iter(wrong.values())), fields=wrong)
    try:
        with transaction.atomic():
            return CoverTrade.objects.create(
                sold_from=sold_from,
                sold_minor=sold.minor,
                bought_on=bought_on,
                bought_minor=bought.minor,
                day=day,
                reference=reference,
                reason=reason,
                asked_by_id=person,
            )
    except IntegrityError:
        words = _("This deal is entered already: the same account and reference.")
        raise BadInput(words, fields={"reference": words}) from None


def _too_much(sold: Money, against: str) -> str:
    taken, _given = open_against(sold.currency, against)
    if sold <= taken:
        return ""
    if taken.minor <= 0:
        return _(
            "Of %(sold)s nothing is open against %(bought)s. Look at the positions, and which way round they are."
        ) % {
            "sold": sold.currency,
            "bought": against,
        }
    return _("Of what customers gave, %(open)s is open against %(bought)s. Enter at most that.") % {
        "open": taken,
        "bought": against,
    }


def would_bring(trade: CoverTrade) -> Money | None:
    """Return the result that booking the trade now would have; None when less is open by now than it sold."""
    book = open_against(trade.sold.currency, trade.bought.currency)
    return None if trade.sold > book[0] else result_of(trade.sold, trade.bought, book)


@transaction.atomic
def answer_cover(trade_id: int, *, agree: bool, seen: Money | None = None, by: Actor) -> CoverTrade:
    """Book a trade as the second person, or refuse it. ``seen`` is the result that stood on the page.

    Raises ``NotAllowed`` for the person who entered it, ``BadInput`` when less is open by now, ``ChangedMeanwhile``
    when the result is another than was seen. Safe against two at once: one trade is booked after the other.
    """
    with connection.cursor() as cursor:  # the second must see what the first has covered
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    trade = CoverTrade.objects.select_for_update(of=("self",)).select_related("sold_from", "bought_on").get(pk=trade_id)
    trade.decided_by_id = another_than(trade.asked_by_id, by)
    after = DecisionStatus.DONE if agree else DecisionStatus.REFUSED
    check_move(COVER_MOVES, trade.status, after)
    trade.status, trade.decided_at = after, now()
    legs = _book(trade, seen) if agree else []
    trade.save(update_fields=["status", "decided_by", "decided_at", "result_minor", "sold_line", "bought_line"])
    if agree:
        currencies = (trade.sold.currency, trade.bought.currency)
        post(PURPOSE, trade.public_id, legs, by=by, effective_at=happened(trade.day, *currencies))
    return trade


def _book(trade: CoverTrade, seen: Money | None) -> list[Leg]:
    """Return what is posted, and note the result and the bank's lines that told of the trade before."""
    sold, bought = trade.sold, trade.bought
    if words := _too_much(sold, bought.currency):
        raise BadInput(words)
    result = result_of(sold, bought, open_against(sold.currency, bought.currency))
    if seen is not None and seen != result:
        raise ChangedMeanwhile(_("The result isn't the one that you saw: customers exchanged meanwhile. Look again."))
    trade.result_minor = result.minor
    position = {each.currency: open_account("fx_position", PLATFORM, each.currency) for each in (sold, bought)}
    legs = [Leg.transfer(position[sold.currency], at_bank(trade.sold_from), sold, "cover.sold")]
    earlier = tie_earlier(trade)
    if earlier is None:
        legs.append(Leg.transfer(at_bank(trade.bought_on), position[bought.currency], bought, "cover.bought"))
    else:  # it is at the bank already, and was nobody's; nothing that could be a customer's passes a position itself
        funds = open_account("own_funds", PLATFORM, bought.currency)
        legs.append(Leg.transfer(in_suspense(earlier), funds, bought, "cover.found"))
        legs.append(Leg.transfer(funds, position[bought.currency], bought, "cover.bought"))
    own = open_account("fx_result", PLATFORM, bought.currency)
    if result.minor > 0:
        legs.append(Leg.transfer(position[bought.currency], own, result, "cover.gain"))
    elif result.minor < 0:
        legs.append(Leg.transfer(own, position[bought.currency], -result, "cover.loss"))
    return legs
