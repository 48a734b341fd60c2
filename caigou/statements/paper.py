"""What a statement says on paper: the data of its template, in the language that is active."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from caigou.house.settings import house_name
from caigou.kernel.money import Money
from caigou.statements.account import Entry, Statement
from caigou.statements.models import Estimated
from caigou.ui.formats import format_datetime, format_day, format_money, format_rate, is_chinese, zone_city
from caigou.ui.words import language, name_of


def type_language() -> str:
    """Return the language as Typst calls it."""
    return "zh" if is_chinese(language()) else "en"


def day_parts(moment: datetime) -> tuple[int, int, int]:
    """Return year, month and day, as the template dates the file."""
    return moment.year, moment.month, moment.day


def statement_paper(statement: Statement) -> dict[str, Any]:
    """Return what ``typ/statement.typ`` reads."""
    tongue = language()
    first, last = format_day(statement.first, tongue), format_day(statement.last, tongue)
    company = name_of(statement.company)
    as_of = format_datetime(statement.as_of, tongue, statement.zone)
    in_currency = {"currency": statement.currency}
    return {
        "lang": type_language(),
        "day": [*day_parts(statement.as_of)],
        "house": house_name(),
        "corner": as_of,
        "title": _("Statement of account"),
        "foot": _("From the ledger, as of %(moment)s.") % {"moment": as_of},
        "facts": [
            [_("Company"), company],
            [_("Account"), account_words(statement.kind, statement.currency)],
            [_("Period"), _("%(first)s to %(last)s") % {"first": first, "last": last}],
            [_("Time zone"), zone_city(statement.zone, tongue)],
        ],
        "heads": [
            _("When"), _("What"), _("Reference"), _("In, %(currency)s") % in_currency,
            _("Out, %(currency)s") % in_currency, _("Balance, %(currency)s") % in_currency,
        ],
        "opening": [_("Opening balance"), _figure(statement.opening)],
        "closing": [_("Closing balance"), _figure(statement.closing)],
        "paid_in": _figure(statement.paid_in),
        "paid_out": _figure(statement.paid_out),
        "rows": [_row(statement, entry) for entry in statement.entries],
    }  # fmt: skip


def account_words(kind: str, currency: str) -> str:
    """Return what a company's account is called on its pages."""
    words = _("Wallet, %(currency)s") if kind == "wallet" else _("Earnings, %(currency)s")
    return words % {"currency": currency}


def _figure(money: Money) -> str:
    return format_money(money, language(), symbol=False)


def _row(statement: Statement, entry: Entry) -> dict[str, str]:
    rises = entry.amount.minor > 0
    return {
        "when": format_datetime(entry.when, language(), statement.zone),
        "words": entry.words,
        "reference": entry.reference,
        "in": _figure(entry.amount) if rises else "",
        "out": "" if rises else _figure(-entry.amount),
        "balance": _figure(entry.balance),
        "note": estimate_words(entry.estimate) if entry.estimate else "",
    }


def estimate_words(estimate: Estimated) -> str:
    """Say what goods or a service were estimated at and what they came to, each with its rate and day (B9)."""
    tongue = language()
    said = _("Estimated at %(sum)s by the rate %(rate)s of %(day)s: an estimate, not an offer.") % {
        "sum": format_money(estimate.estimated, tongue),
        "rate": format_rate(estimate.estimate_rate, tongue),
        "day": format_day(estimate.estimate_day, tongue),
    }
    if estimate.actual is None or estimate.actual_rate is None or estimate.actual_day is None:
        return said
    return f"{said} " + _("When paid: %(sum)s by the rate %(rate)s of %(day)s, %(difference)s.") % {
        "sum": format_money(estimate.actual, tongue),
        "rate": format_rate(estimate.actual_rate, tongue),
        "day": format_day(estimate.actual_day, tongue),
        "difference": format_money(estimate.actual - estimate.estimated, tongue, signed=True),
    }
