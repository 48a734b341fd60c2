"""Mail to everybody at a company about something that one of them did: who didn't, finds out."""

from __future__ import annotations

from collections.abc import Callable

from django.core.mail import send_mail
from django.utils import translation

from caigou.accounts.models import User


def write_to_company(company_id: int, letter: Callable[[], tuple[str, str]]) -> None:
    """Send each person with a seat ``letter()``, subject and body, asked for under that person's language.

    For the function of a call (``jobs.calls.intend``), never inside a transaction. Raises what the mail server
    refuses; the call is made again then, and a second copy does no harm.
    """
    for person in User.objects.filter(is_active=True, seats__company=company_id).distinct():
        with translation.override(person.language):
            subject, body = letter()
            send_mail(subject, body, None, [person.email])
