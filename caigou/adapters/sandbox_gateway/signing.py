"""Signatures in the manner of Standard Webhooks: HMAC-SHA256 over ``id.timestamp.body``, base64, prefixed ``v1,``."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

from caigou.payments.ports import BadSignature

#: Seconds that a message may be old, or its sender's clock ahead.
TOLERANCE = 300
#: A list of signatures longer than this is an attack, not a rotation of secrets.
_MOST_SIGNATURES = 10


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature header's value for one message.

    >>> sign("secret", "msg_1", 1700000000, b"{}")
    'v1,A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI='
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, at: float | None = None) -> str:
    """Return the id of a message that is genuine and fresh; raises ``BadSignature`` otherwise.

    A blank secret verifies nothing at all.
    """
    if not secret:
        raise BadSignature("no secret is configured")
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > 100 or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise BadSignature("the id or the timestamp is missing or malformed")
    if abs((time.time() if at is None else at) - int(stamp)) > TOLERANCE:
        raise BadSignature("the message is too old, or from the future")
    given = headers.get("webhook-signature", "").split()
    if len(given) > _MOST_SIGNATURES:
        raise BadSignature("too many signatures")
    expected = sign(secret, message_id, int(stamp), body).encode()
    if not any(hmac.compare_digest(expected, one.encode("utf-8", "replace")) for one in given):
        raise BadSignature("no signature matches")
    return message_id
