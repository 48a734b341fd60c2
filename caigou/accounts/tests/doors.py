"""How a person comes in: the steps that several tests take."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from caigou.accounts.models import User
from caigou.accounts.services.join import found_company
from caigou.notices.models import KeptMail

PASSWORD = "Horse-battery-staple-9"
_CODE = re.compile(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", re.MULTILINE)


def post(client: Client, route: str, **fields: Any) -> Any:
    return client.post(reverse(route), fields)


def newest_code(email: str) -> str:
    """The code in the newest mail to ``email``."""
    mail = KeptMail.objects.filter(to=email).first()
    assert mail is not None, f"no mail to {email}"
    found = _CODE.search(mail.body)
    assert found, mail.body
    return found.group(1)


def member(email: str, *, kind: str = "buyer", password: str | None = PASSWORD) -> User:
    """Somebody with a verified address and a seat at a company of ``kind``."""
    user = User.objects.create_user(email, password, name=email.split("@", maxsplit=1)[0].title())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    found_company(user, kind=kind, name_en=f"{user.name} {kind}", country="AU")
    return user


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
