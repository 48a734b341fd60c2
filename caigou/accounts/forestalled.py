"""Against accounts that somebody opens in another's name, to walk in by their own password once the other has come.

Whoever signs up may name any address, and a password that counts from the moment on which the address is proven. When
it is proven by a code that signs in, that was typed by whoever reads the mail, who need not be the one who chose the
password: it ends then. Who typed the code of the sign-up did so in the browser that chose it, and keeps it.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from django.http import HttpRequest

log = structlog.get_logger(__name__)


def forget_unproven_password(request: HttpRequest, email_address: EmailAddress, **_sent: Any) -> None:
    """Take the password away when the first address was proven by a code that signs in.

    Hears allauth's ``email_confirmed``. A new password is set by a reset, as by everybody who signs in with codes.
    """
    person = email_address.user
    proven = ("code", email_address.email)
    by_code = any((last["method"], last.get("email")) == proven for last in get_authentication_records(request)[-1:])
    others = EmailAddress.objects.filter(user=person, verified=True).exclude(pk=email_address.pk)
    if by_code and person.has_usable_password() and not others.exists():
        person.set_unusable_password()
        person.save(update_fields=["password"])
        log.info("unproven password forgotten", person=person.public_id)
