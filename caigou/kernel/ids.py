"""Public ids: opaque, random, safe in a URL and easy to read aloud."""

from __future__ import annotations

import secrets

#: Crockford's base 32 in lower case: no i, l, o, u, so that nothing is mistaken on the phone.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PUBLIC_ID_LENGTH = 20


def new_public_id() -> str:
    """Return a new public id: 100 random bits, so it can't be guessed or counted.

    >>> len(new_public_id())
    20
    """
    return "".join(_ALPHABET[byte % 32] for byte in secrets.token_bytes(PUBLIC_ID_LENGTH))
