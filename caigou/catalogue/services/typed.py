"""What a person typed about goods, by the same rules as a file's: clean and within its bounds, or ``BadInput``."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from caigou.catalogue.services.imports.problems import RowRefused
from caigou.catalogue.services.imports.values import LENGTHS, clean
from caigou.kernel.errors import BadInput

#: A field of the import whose texts have several lines.
_PROSE: Final = "description_en"


def text(value: str, field: str, most: int | None = None) -> str:
    """Return one line in NFC, without control characters and what turns the direction of writing.

    ``most`` is in characters; without it the length is that of the import's ``field``. Raises ``BadInput`` naming it.
    """
    return _cleaned(value, field, field, LENGTHS[field] if most is None else most)


def prose(value: str, field: str, most: int | None = None) -> str:
    """Return the same of several lines."""
    return _cleaned(value, _PROSE, field, LENGTHS[field] if most is None else most)


def _cleaned(value: str, kind: str, field: str, most: int) -> str:
    try:
        return clean(value, kind, most)
    except RowRefused:
        sentence = _("This is longer than %(most)s characters.") % {"most": most}
        raise BadInput(sentence, fields={field: sentence}) from None


def within(value: int | None, field: str, least: int, most: int) -> int | None:
    """Return a whole number, both bounds included; None where nothing was stated. Raises ``BadInput`` naming it."""
    if value is not None and not least <= value <= most:
        sentence = _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise BadInput(sentence, fields={field: sentence})
    return value
