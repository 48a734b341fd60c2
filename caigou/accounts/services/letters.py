"""Mail to everybody at a company about something that one of them did: who didn't, finds out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.mail import send_mail
from django.db.models import Q
from django.utils import translation

from caigou.accounts.models import User


def write_to_company(company_id: int, letter: Callable[[], tuple[str, str]]) -> None:
    """Send each person with a seat ``letter()``, subject and body, asked for under that person's language.

    For the function of a call (``jobs.calls.intend``), never inside a transaction. Raises what the mail server
    refuses; the call is made again then, and a second copy does no harm.
    """
    write_to_people(Q(seats__company=company_id), letter)


def write_to_people(whom: Q, letter: Callable[[], tuple[str, str]]) -> None:
    """Send ``letter()`` to each person of ``whom`` who may sign in, as ``write_to_company`` does."""
    for person in User.objects.filter(whom, is_active=True).distinct():
        with translation.override(person.language):
            subject, body = letter()
            send_mail(subject, body, None, [person.email])


def letter_of(subject: str, facts: Mapping[str, str], *words: str) -> tuple[str, str]:
    """Return subject and body: the subject as a sentence, a line for each fact that is known, then the paragraphs.

    Full stop and colon are those of the language that is active.
    """
    stop, colon = ("。", "：") if (translation.get_language() or "").startswith("zh") else (".", ": ")
    lines = "\n".join(f"{name}{colon}{value}" for name, value in facts.items() if value)
    return subject, "\n\n".join([f"{subject}{stop}", lines, *words]) + "\n"
