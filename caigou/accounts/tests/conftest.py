"""Mail is kept in the table, as in the demonstration, where the tests read the codes."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def kept_mail(settings: Settings) -> None:
    """Undo Django's own replacement of the mail backend under test."""
    settings.EMAIL_BACKEND = "caigou.notices.backends.TableEmailBackend"
