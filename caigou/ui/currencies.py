"""Currencies, named in the reader's language by CLDR data."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import get_currency_name
from django.utils.translation import get_language

from caigou.ui.formats import locale_of


@lru_cache(maxsize=256)
def _name(code: str, language: str) -> str:
    return get_currency_name(code, locale=locale_of(language))


def currency_name(code: str) -> str:
    """Return the currency's name in the reader's language: US Dollar, 美元."""
    return _name(code, get_language() or "en")
