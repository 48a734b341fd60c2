"""What a person says about themselves, and the language in which we speak to them."""

from __future__ import annotations

from caigou.accounts.models import Language, User


def change_profile(user: User, *, name: str, language: str) -> None:
    """Store a person's name and language; ``language`` is one of ``Language``."""
    user.name, user.language = " ".join(name.split()), Language(language)
    user.save(update_fields=["name", "language"])


def change_language(user: User, language: str) -> None:
    """Store the language for pages and e-mails. Raises ``ValueError`` for one that we don't speak."""
    user.language = Language(language)
    user.save(update_fields=["language"])
