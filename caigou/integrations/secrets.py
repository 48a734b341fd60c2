"""Secrets of endpoints: derived from the house's key, never stored (docs/decisions/0041)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings
from standardwebhooks.webhooks import Webhook

from caigou.integrations.models import Endpoint
from caigou.kernel.clock import now


def secrets_of(endpoint: Endpoint) -> list[str]:
    """Return the secrets that sign now, the newest first: one, or two for a day after rotating.

    Derived, not stored: a copy of the database signs nothing.
    """
    versions = [endpoint.version]
    if endpoint.old_until is not None and endpoint.old_until > now() and endpoint.version > 1:
        versions.append(endpoint.version - 1)
    return [_secret(endpoint.public_id, version) for version in versions]


def _secret(public_id: str, version: int) -> str:
    said = f"caigou.integrations.endpoint:{public_id}:{version}".encode()
    return "whsec_" + base64.b64encode(hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).digest()).decode()


def signed(endpoint: Endpoint, message_id: str, body: str) -> dict[str, str]:
    """Return the headers of Standard Webhooks, with a signature by each secret that signs now."""
    moment = now()
    signatures = [Webhook(secret).sign(message_id, moment, body) for secret in secrets_of(endpoint)]
    return {
        "content-type": "application/json",
        "user-agent": "Caigou-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
