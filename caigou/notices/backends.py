"""Where mail goes when it must not leave the house."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from caigou.notices.models import KeptMail


class TableEmailBackend(BaseEmailBackend):
    """Keeps every message in a table: the demo shows it, no network is needed, and no log sees a code."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            KeptMail(to=to, subject=str(message.subject), body=str(message.body))
            for message in email_messages
            for to in message.recipients()
        ]
        KeptMail.objects.bulk_create(rows)
        return len(rows)
