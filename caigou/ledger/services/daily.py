"""Once a day, without anybody asking: seal what is left, check the books, and raise the alarm."""

from __future__ import annotations

from datetime import date
from typing import Any

import structlog
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from caigou.accounts.models import CompanyKind, User
from caigou.jobs.calls import intend
from caigou.jobs.models import Call
from caigou.kernel.clock import now
from caigou.ledger.books import Report, check_books
from caigou.ledger.models import BooksReport
from caigou.ledger.services.sealing import seal_journals

log = structlog.get_logger(__name__)

#: Name of the call that checks, in the table of calls.
CHECK_CALL = "ledger.check_books"
_MOST_OF_A_MAIL = 20_000


@transaction.atomic
def check_books_daily() -> int:
    """Clock: have the books checked once a day, in UTC; it takes long, so it is a call."""
    day = now().date()
    if BooksReport.objects.filter(day=day).exists() or Call.objects.filter(function=CHECK_CALL, done_at=None).exists():
        return 0
    intend(CHECK_CALL, {"day": day.isoformat()})
    return 1


def check_call(payload: dict[str, Any], key: str) -> None:
    """Check the books, chain included, keep the report, and tell the operator's people when something is found.

    Safe to repeat: the report of a day is written over, and a second message does no harm.
    """
    seal_journals(all_of_them=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        report = check_books(chain=True)
        BooksReport.objects.update_or_create(
            day=date.fromisoformat(payload["day"]),
            defaults={"checked_at": report.as_of, "balanced": report.balanced, "report": report.to_json()},
        )
    if not report.balanced:
        raise_alarm(report)


def raise_alarm(report: Report) -> None:
    """Write to everybody at the operator's, in their language, and to the log."""
    broken = {check: len(found) for check, found in report.findings.items() if found}
    log.error("books_do_not_balance", findings=broken)
    lines = "".join(f"{one.check} {one.subject}: {one.detail}\n" for found in report.findings.values() for one in found)
    for person in User.objects.filter(is_active=True, seats__company__kind=CompanyKind.OPERATOR).distinct():
        with translation.override(person.language):
            words = _(
                "Stop paying out until a person has looked at each of them; docs/ledger.md says what each check means."
            )
            send_mail(_("The books have findings."), f"{words}\n\n{lines[:_MOST_OF_A_MAIL]}", None, [person.email])
