"""Texts that a spreadsheet program would take for a formula: disarmed when written out, restored when taken in."""

from __future__ import annotations

import re

#: Also the signs as Chinese keyboards type them: some spreadsheet programs take them for the narrow ones.
_SIGNS = "[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]"
_DANGEROUS = re.compile(f"'*{_SIGNS}")
_DISARMED = re.compile(f"'+{_SIGNS}")


def disarmed(text: str) -> str:
    """Return ``text`` with a quotation mark before it where a spreadsheet program would calculate.

    A text that begins like a disarmed one gets a further mark, so that ``restored`` gives each back as it was.

    >>> disarmed("=1+1"), disarmed("'-5"), disarmed("\uff1d1+1"), disarmed("mug")
    ("'=1+1", "''-5", "'\uff1d1+1", 'mug')
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def restored(text: str) -> str:
    """Return the text that ``disarmed`` was given.

    >>> restored("'=1+1"), restored("''-5"), restored("'\uff1d1+1"), restored("'tis")
    ('=1+1', "'-5", '\uff1d1+1', "'tis")
    """
    return text[1:] if _DISARMED.match(text) else text
