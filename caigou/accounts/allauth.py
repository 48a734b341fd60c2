"""How django-allauth signs people up and in here: by e-mail, with a code or a password."""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caigou.accounts.block_links import block_link
from caigou.accounts.models import CompanyKind, Language, User
from caigou.accounts.services.credentials import note_changed
from caigou.house.settings import house_name


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps the person's language from the first page on, and refuses in our words."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("E-mail or password is not right."),
        "incorrect_code": _("This code is not right. Look at the newest mail."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
        "email_taken": _("Another account has this e-mail."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "duplicate_email": _("This e-mail is yours already."),
    }

    def save_user(self, request: Any, user: User, form: Any, commit: bool = True) -> User:
        user.language = Language.CHINESE if (get_language() or "").startswith("zh") else Language.ENGLISH
        user.name = form.cleaned_data.get("name", "")
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sign as the house and its configured address, never as the host that a request claims to have asked."""
        site = SimpleNamespace(name=house_name(), domain=urlsplit(settings.CAIGOU_BASE_URL).netloc)
        super().send_mail(template_prefix, email, context | {"current_site": site})

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell a person, at the address that they had, that password or address changed; payouts wait from then on."""
        note_changed(user)
        seat = user.seats.select_related("company").exclude(company__kind=CompanyKind.OPERATOR).first()
        link = {"block_link": block_link(seat.company.public_id)} if seat else {}
        super().send_notification_mail(template_prefix, user, {**(context or {}), **link}, email)

    def get_from_email(self) -> str:
        """Send from the configured address, under the name of the house."""
        return formataddr((house_name(), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))

    def populate_username(self, request: Any, user: User) -> None:
        """There are no user names: the e-mail address is the login."""
