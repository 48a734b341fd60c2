"""The password once more before what a thief would do first: say where a company is paid, make a key (A5, D5).

A session lives for hours, and a browser left open is a person who went for lunch. Who has signed in within
``FRESH``, by password or by code, isn't asked again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.core import ratelimit
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now

FRESH: Final = timedelta(minutes=15)
#: Session key of when the person last proved to be there; a session ends with its person.
SEEN: Final = "seen_at"


def note_seen(request: HttpRequest) -> None:
    """Note that the person has proved just now to be there; to be called after signing in."""
    request.session[SEEN] = now().timestamp()


def seen_just_now(request: SeatedRequest) -> bool:
    """Say whether the person signed in, or gave the password once more, within ``FRESH``."""
    signed_in = (record["at"] for record in get_authentication_records(request, request.user))
    since = (now() - FRESH).timestamp()
    return any(at > since for at in (request.session.get(SEEN, 0), *signed_in))


class PasswordAgain(forms.Form):
    """Asks for the password, too, unless the person was seen just now; what else was typed stays on the page."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("Before this change we ask for your password once more."),
        strip=False,
        max_length=4_096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: SeatedRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self._seen = seen_just_now(request)
        if self._seen or not request.user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        typed = str(self.cleaned_data["password"])
        person = self._request.user
        if not ratelimit.consume(self._request, action="reauthenticate", user=person):
            raise ValidationError(_("Too many tries. Wait a few minutes, then try again."))
        if not person.check_password(typed):
            raise ValidationError(_("This is not your password."))
        note_seen(self._request)
        return typed

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not self._seen and "password" not in self.fields:
            raise ValidationError(
                _("You have no password here. Sign out, sign in again with a code, then do this within 15 minutes.")
            )
        return typed
