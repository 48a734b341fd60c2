"""How the bank tells of a covering trade: a debit on one account and a credit on another, in either order with ours.

A line that is a booked trade's moves nothing; one that came before it was a debit to explain, or stood in suspense.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.states import check_move
from caigou.payments.bank.models import BankAccount, BankLine, DecisionStatus, LineStatus, Verdict
from caigou.payments.bank.models.statements import LINE_MOVES
from caigou.payments.bank.references import candidates, compact
from caigou.payments.cover.models import CoverTrade

#: The bank's day and the day that was entered may differ so much, over holidays.
DAYS = timedelta(days=10)


def cover_of(line: BankLine) -> bool:
    """Tie a new line to the booked trade that it tells of, if there is one; it moves nothing then.

    By the deal's reference, or where just one trade of this sum, on this account and about this day waits for its line.
    """
    side, other = ("bought", "bought_on") if line.is_credit else ("sold", "sold_from")
    booked = CoverTrade.objects.select_for_update(of=("self",)).filter(
        **{other: line.account_id, f"{side}_minor": line.amount_minor, f"{side}_line": None},
        status=DecisionStatus.DONE,
        day__range=(line.day - DAYS, line.day + DAYS),
    )
    some = list(booked.order_by("pk"))
    named = [trade for trade in some if _names(line, trade)]
    fitting = named or some
    if len(fitting) != 1:
        return False
    setattr(fitting[0], f"{side}_line", line)
    fitting[0].save(update_fields=[f"{side}_line"])
    return True


def is_nobodys(line: BankLine, verdict: str) -> bool:
    """Say whether nothing ties a credit to a customer: only then its sum alone may make it ours.

    A reference of somebody's that has another currency than announced is told as such, and is still somebody's.
    """
    said = [*candidates(line.reference), *candidates(line.text)]
    return verdict in (Verdict.NO_MATCH, Verdict.WRONG_CURRENCY) and not said


def names_cover(line: BankLine) -> bool:
    """Say whether a line names a booked trade's reference: then it is no customer's money, whatever else it says."""
    booked = CoverTrade.objects.filter(
        bought_on=line.account, bought_minor=line.amount_minor, bought_line=None, status=DecisionStatus.DONE
    )
    return any(_names(line, trade) for trade in booked)


def _names(line: BankLine, trade: CoverTrade) -> bool:
    return compact(trade.reference) in compact(f"{line.reference} {line.text}")


def tie_earlier(trade: CoverTrade) -> BankLine | None:
    """Tie the lines by which the bank told of the trade before it was booked; inside the caller's work.

    Returns the credit, which was posted into suspense then. Raises ``BadInput`` when several lines come into question
    and none names the deal.
    """
    sold = _line(trade, trade.sold_from, trade.sold_minor, credit=False)
    if sold is not None:
        trade.sold_line = _tied(sold)
    bought = _line(trade, trade.bought_on, trade.bought_minor, credit=True)
    if bought is not None:
        trade.bought_line = _tied(bought)
    return bought


def _line(trade: CoverTrade, account: BankAccount, minor: int, *, credit: bool) -> BankLine | None:
    # One that is being matched at this moment is waited for: afterwards it is in suspense, or still new.
    wanted = LineStatus.SUSPENSE if credit else LineStatus.OPEN
    about = BankLine.objects.select_for_update(of=("self",)).filter(
        account=account,
        is_credit=credit,
        amount_minor=minor,
        day__range=(trade.day - DAYS, trade.day + DAYS),
        status__in=(LineStatus.NEW, wanted),
    )
    some = [line for line in about.order_by("pk") if line.status == wanted]
    # A customer's money that waits in suspense is never ours by its sum.
    nobodys = [line for line in some if not credit or is_nobodys(line, line.verdict)]
    some = [line for line in some if _names(line, trade)] or nobodys
    if len(some) > 1:
        raise BadInput(
            _("Several lines of the bank come into question. Write the reference just as the bank writes it.")
        )
    if some and some[0].decisions.filter(status=DecisionStatus.WAITING).exists():
        raise BadInput(_("Somebody asked for a decision on this line already. A second person has to answer it."))
    return some[0] if some else None


def _tied(line: BankLine) -> BankLine:
    check_move(LINE_MOVES, line.status, LineStatus.COVER)
    line.status, line.verdict, line.matched_at = LineStatus.COVER, Verdict.EXACT, now()
    line.save(update_fields=["status", "verdict", "matched_at"])
    return line
