"""``_aop_signature``: HMAC-SHA1 over path and parameters, hexadecimal in upper case (integrations.md 1.2)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

SIGNATURE = "_aop_signature"


def aop_sign(path: str, parameters: Mapping[str, str], secret: str) -> str:
    """Return the signature of a call; ``path`` is ``param2/1/<namespace>/<api>/<app key>`` without a slash before it.

    The parameters are joined as key and value, raw, in the order of the joined texts, as the documents say.

    >>> aop_sign("param2/1/system/currentTime/1000000", {"b": "2", "a": "1"}, "test123")
    '33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88'
    """
    joined = "".join(sorted(f"{name}{value}" for name, value in parameters.items() if name != SIGNATURE))
    return hmac.new(secret.encode(), f"{path}{joined}".encode(), hashlib.sha1).hexdigest().upper()


def is_signed(path: str, parameters: Mapping[str, str], secret: str) -> bool:
    """Say whether ``parameters`` carry a good signature; a blank secret signs nothing."""
    given = parameters.get(SIGNATURE, "").upper().encode("utf-8", "replace")
    return bool(secret) and hmac.compare_digest(given, aop_sign(path, parameters, secret).encode())
