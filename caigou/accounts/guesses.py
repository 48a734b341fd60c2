"""Guesses at a code that we sent are counted by the database, one after the other (promise 11).

allauth counts them in the session, which a hundred guesses at once all read before the first has written it. Here one
statement counts and answers, and a guess beyond the last is refused before it is looked at.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    BaseConfirmCodeForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
)
from allauth.core import context
from django.db import connection

from caigou.accounts.models import CodeGuess
from caigou.kernel.clock import now

#: As many as allauth lets through one by one.
MOST = 3
#: Codes lapse within minutes.
_KEPT = timedelta(days=1)
_COUNT = """
INSERT INTO accounts_codeguess AS g (name, guesses, at) VALUES (%s, 1, %s)
ON CONFLICT (name) DO UPDATE SET guesses = least(g.guesses, %s) + 1 RETURNING guesses
"""


def may_guess(session: str, code: str) -> bool:
    """Count one more guess at ``code``, which was sent to whoever has this session; False beyond ``MOST``.

    To be called outside a transaction: what is rolled back later was guessed all the same. Where no code was sent,
    since nobody has that address, guesses are counted alike, so that nothing is told by how many there may be.
    """
    name = hashlib.sha256(f"{session}:{code}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [name, now(), MOST])
        guesses: int = cursor.fetchone()[0]
    return guesses <= MOST


def forget_old_guesses(limit: int = 5_000) -> int:
    """Clock: forget guesses at codes that lapsed long ago; return how many codes."""
    old = CodeGuess.objects.filter(at__lt=now() - _KEPT).values_list("pk", flat=True)[:limit]
    return CodeGuess.objects.filter(pk__in=list(old)).delete()[0]


class _Counted(BaseConfirmCodeForm):  # type: ignore[misc]
    """Refuses a guess beyond the last unread; its owner's next code is another one."""

    def clean_code(self) -> str:
        if not may_guess(str(context.request.session.session_key), self.expected_code or ""):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        return code


class SignInCodeForm(_Counted, ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that signs in."""


class ResetCodeForm(_Counted, ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    """The code under which a password is set anew."""


class EmailCodeForm(_Counted, ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code that shows that an address is somebody's own."""
