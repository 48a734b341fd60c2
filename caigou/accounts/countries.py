"""Countries by ISO 3166-1 alpha-2, named in the reader's language by CLDR data."""

from __future__ import annotations

from functools import cache

from babel import Locale
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

#: Territories of CLDR that are no destination: groups, unknown, outlying or withdrawn codes.
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(to_locale(language)).territories
    pairs = [(c, n) for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in _NOT_COUNTRIES]
    # GB 18030 keeps the common characters in the order of their pinyin, in which a Chinese reader looks names up.
    order = "gb18030" if language.startswith("zh") else "utf-8"
    return tuple(sorted(pairs, key=lambda pair: pair[1].encode(order)))


def country_choices() -> tuple[tuple[str, str], ...]:
    """Return (code, name) pairs in the reader's language, by name."""
    return _countries(get_language() or "en")


def country_question() -> tuple[tuple[str, str], ...]:
    """Return the same with nothing chosen first: nobody's country is guessed from the alphabet."""
    return (("", _("Choose")), *country_choices())


def country_name(code: str, language: str = "") -> str:
    """Return the country's name in ``language``, the reader's by default, or the code when CLDR has none."""
    return dict(_countries(language or get_language() or "en")).get(code, code)


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for code, _name in _countries("en"))


def is_country(code: str) -> bool:
    """Say whether ``code`` is a country that goods can go to."""
    return code in _codes()
