"""The payment gateways of this installation, by name."""

from __future__ import annotations

from django.conf import settings

from caigou.adapters.sandbox_gateway.gateway import SandboxGateway
from caigou.payments.ports import Gateway

GATEWAYS: dict[str, Gateway] = {}

if settings.CAIGOU_SANDBOX_GATEWAY:
    GATEWAYS[SandboxGateway.name] = SandboxGateway()
