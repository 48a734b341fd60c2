"""What a person says about themselves, and the language in which we speak to them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from caigou.accounts.countries import is_country
from caigou.accounts.models import Language, User
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES


def change_profile(user: User, *, name: str, language: str) -> None:
    """Store a person's name and language; ``language`` is one of ``Language``."""
    user.name, user.language = " ".join(name.split()), Language(language)
    user.save(update_fields=["name", "language"])


def change_terms(user: User, *, currency: str, destination: str) -> None:
    """Store what prices are shown for on every device of this person; empty is "not said". Changes no price."""
    if (currency and (currency not in CURRENCIES or currency == "PTS")) or (
        destination and not is_country(destination)
    ):
        raise BadInput(_("Choose a currency and a country of the lists."))
    user.currency, user.destination = currency, destination
    user.save(update_fields=["currency", "destination"])


def change_language(user: User, language: str) -> None:
    """Store the language for pages and e-mails. Raises ``ValueError`` for one that we don't speak."""
    user.language = Language(language)
    user.save(update_fields=["language"])
