"""The sign-up form as allauth shows it: a password is offered, not demanded."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django.utils.translation import gettext_lazy as _


class OpenAccountForm(SignupForm):  # type: ignore[misc]
    """allauth's form with our fields; it builds its password field itself, so the words come afterwards."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("Leave empty to sign in with a code by e-mail each time.")
