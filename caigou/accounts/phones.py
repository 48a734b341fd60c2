"""Phone numbers, kept as E.164: ``+`` and the country code, so that a carrier anywhere can dial them (F3)."""

from __future__ import annotations

import phonenumbers
from django.utils.translation import gettext as _

from caigou.kernel.errors import BadInput


def read_phone(text: str, country: str) -> str:
    """Return a number as E.164; without a country code it is one of ``country``.

    Whether the number has the length of one there is checked, not whether somebody has it: ranges open every month.
    Raises ``BadInput`` for anything else, and for an extension, which E.164 can't hold.
    """
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        raise _refused() from None
    if number.extension:
        words = _("Leave the extension out here and write it beside the receiver's name.")
        raise BadInput(words, fields={"phone": words})
    if not phonenumbers.is_possible_number(number):
        raise _refused()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _refused() -> BadInput:
    words = _("Write the phone number with its country code, such as +44 20 7946 0958.")
    return BadInput(words, fields={"phone": words})


def written(phone: str) -> str:
    """Return a kept number with spaces for people; what is none stays as it is.

    >>> written("+442079460958"), written("none")
    ('+44 20 7946 0958', 'none')
    """
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return phone
