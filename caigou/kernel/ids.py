"""Public ids: opaque, random, safe in a URL and easy to read aloud."""

from __future__ import annotations

import secrets

#: Crockford's base 32 in lower case: no i, l, o, u, so that nothing is mistaken on the phone.
_ALPHABET = b"0123456789abcdefghjkmnpqrstvwxyz"
#: What each byte stands for: its last five bits count.
_SIGNS = bytes(_ALPHABET[byte % 32] for byte in range(256))
PUBLIC_ID_LENGTH = 20


def new_public_id() -> str:
    """Return a new public id: 100 random bits, so it can't be guessed or counted.

    >>> len(new_public_id())
    20
    """
    return secrets.token_bytes(PUBLIC_ID_LENGTH).translate(_SIGNS).decode()
