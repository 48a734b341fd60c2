"""The link in our letters by which a company blocks all of its payments, without signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT: Final = "accounts.block"
#: Letters are read late; afterwards the page for people who are signed in does the same.
LASTS: Final = timedelta(days=30)


def block_token(public_id: str) -> str:
    """Return what stands in the link for the company with this public id."""
    return signing.dumps(public_id, salt=_SALT)


def block_link(public_id: str) -> str:
    """Return the whole link."""
    return settings.CAIGOU_BASE_URL + reverse("web:block_by_link", args=[block_token(public_id)])


def company_of(token: str) -> str:
    """Return the public id in a link. Raises ``signing.BadSignature`` for another text and an old link."""
    return str(signing.loads(token, salt=_SALT, max_age=LASTS))
