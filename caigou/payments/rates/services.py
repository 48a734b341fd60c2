"""Keep published rates; enter and withdraw the operator's own. Nothing is edited: a new row holds from its day on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from caigou.jobs import calls
from caigou.jobs.models import Call
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES
from caigou.kernel.recent import Recent
from caigou.payments.bank.services.persons import require_finance
from caigou.payments.rates.current import current, published, table_on
from caigou.payments.rates.models import OwnRate, RateSheet
from caigou.payments.rates.ports import Publisher, Sheet
from caigou.payments.rates.table import OWN, PIVOT

#: The name of ``fetch_call`` in the table of calls.
FETCH_CALL = "rates.fetch"
#: The publisher is asked so often; it publishes once on working days.
FETCH_EVERY = timedelta(hours=6)
#: A figure that differs from the published one by more than this factor was probably turned upside down (bug 7).
IMPLAUSIBLE = Decimal("1.5")
_FIGURE = re.compile(r"\d{1,10}(\.\d{1,10})?", re.ASCII)


@cache
def publisher() -> Publisher:
    made: Publisher = import_string(settings.CAIGOU_RATE_PUBLISHER)()
    return made


@transaction.atomic
def store_sheets(sheets: Iterable[Sheet]) -> int:
    """Keep publications that aren't kept yet; return how many were new. Safe to repeat; a kept one never changes."""
    name, before = publisher().name, RateSheet.objects.count()
    for some in _in_parts(sheets, 1_000):
        rows = [RateSheet(source=name, day=sheet.day, figures=_written(sheet), stored_at=now()) for sheet in some]
        RateSheet.objects.bulk_create(rows, ignore_conflicts=True)
    current.forget()
    transaction.on_commit(current.forget)
    return RateSheet.objects.count() - before


def _in_parts(sheets: Iterable[Sheet], size: int) -> Iterable[list[Sheet]]:
    part: list[Sheet] = []
    for sheet in sheets:
        part.append(sheet)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _written(sheet: Sheet) -> dict[str, str]:
    return {currency: str(figure) for currency, figure in sheet.figures.items() if currency in CURRENCIES}


def load_bundled() -> int:
    """Keep the history that came with the installation, once; return how many publications were new."""
    sheets = iter(publisher().bundled())
    newest = next(sheets, None)
    if newest is None or RateSheet.objects.filter(source=publisher().name, day=newest.day).exists():
        return 0
    return store_sheets([newest, *sheets])


# --- Fetching -----------------------------------------------------------------------------------------------------


@transaction.atomic
def request_fetch(*, by: Actor) -> bool:
    """Let the worker ask the publisher now; False when this installation is set not to. ``NotAllowed``: not finance."""
    require_finance(by)
    if not publisher().is_reachable():
        return False
    calls.intend_now(FETCH_CALL, {})
    return True


def fetch_call(payload: dict[str, Any], key: str) -> None:
    """Ask the publisher and keep what is new; the worker calls this and tries again when it fails."""
    store_sheets(publisher().fetch())


def ask_if_due() -> bool:
    """Ask the publisher when nobody did in the last hours; True when it is asked now."""
    if not publisher().is_reachable():
        return False
    if Call.objects.filter(function=FETCH_CALL, created_at__gt=now() - FETCH_EVERY).exists():
        return False
    return request_fetch(by=SYSTEM)


#: The worker's clocks tick every other second; looking once in ten minutes is enough.
_looked: Recent[bool] = Recent(ask_if_due, seconds=600)


def fetch_due() -> int:
    """A clock: ask for new rates a few times a day; how many calls are under way because of it."""
    return int(_looked())


# --- The operator's own -------------------------------------------------------------------------------------------


@transaction.atomic
def enter_rate(
    currency: str, base: str, figure: str, *, day: date, reason: str, by: Actor, sure: bool = False
) -> OwnRate:
    """Let 1 ``base`` be worth ``figure`` ``currency`` in estimates from ``day`` on, before any published rate (B9).

    Raises ``BadInput`` for a figure that isn't positive with at most ten digits on each side of the point, a day to
    come, a base without a rate of its own, or, unless ``sure``, a figure far from the published one;
    ``NotAllowed`` for other than finance.
    """
    require_finance(by)
    _check_pair(currency, base)
    if not _FIGURE.fullmatch(figure.strip()) or not Decimal(figure.strip()):
        raise _bad("figure", _("Write the rate in plain digits with a point, such as 128.75."))
    if day > now().date():
        raise _bad("day", _("This day is still to come. Enter the rate of today or of a day before."))
    exact = Decimal(figure.strip())
    later = OwnRate.objects.filter(currency=currency, day__gt=day).order_by("day").last()
    if later is not None:
        words = _("Your entry of %(day)s is newer and holds. Enter a rate of that day or of a later one.")
        raise _bad("day", words % {"day": later.day.isoformat()})
    if not sure:
        _check_plausible(currency, base, exact, day)
    row = OwnRate.objects.create(
        currency=currency, base=base, figure=exact, day=day, reason=_reason(reason), by_id=by.user_id, entered_at=now()
    )
    _forget()
    return row


@transaction.atomic
def withdraw_rate(currency: str, *, reason: str, by: Actor) -> OwnRate:
    """Let the operator's rate of ``currency`` count no more from today on; a published one counts again.

    Raises ``BadInput`` where none is in force, ``NotAllowed`` for other than finance.
    """
    require_finance(by)
    today = now().date()
    leg = table_on(today).legs.get(currency)
    if leg is None or leg.source != OWN:
        raise BadInput(_("There is no rate of your own to withdraw."))
    row = OwnRate.objects.create(
        currency=currency, base=leg.base, day=today, reason=_reason(reason), by_id=by.user_id, entered_at=now()
    )
    _forget()
    return row


def _check_pair(currency: str, base: str) -> None:
    for name, code in (("currency", currency), ("base", base)):
        if code not in CURRENCIES or code == "PTS":
            raise _bad(name, _("Choose a currency of the list."))
    if currency == PIVOT:
        raise _bad("currency", _("The euro is what all rates are counted in; enter the other currency's rate."))
    published_ones = {leg.currency for leg in published(now().date())} | {PIVOT}
    if base == currency or base not in published_ones:
        raise _bad("base", _("Choose a base whose rate is published, such as EUR or USD, and another currency."))


def _check_plausible(currency: str, base: str, figure: Decimal, day: date) -> None:
    """Refuse a figure that is far from the one in force: most such figures were turned upside down."""
    known = table_on(day).rate(base, currency)
    if known is None:
        return
    if figure > known.figure * IMPLAUSIBLE or figure * IMPLAUSIBLE < known.figure:
        raise _bad(
            "figure",
            _("The rate in force is %(known)s; this one is far from it. Tick that you are sure, if you are.")
            % {"known": f"{known.figure:.6g}"},
        )


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 200:
        raise _bad("reason", _("Say where the rate comes from in 3 to 200 characters; the history keeps it."))
    return reason


def _bad(field: str, words: str) -> BadInput:
    return BadInput(words, fields={field: words})


def _forget() -> None:
    current.forget()
    transaction.on_commit(current.forget)
