"""The payment gateways of this installation, by name."""

from __future__ import annotations

from caigou.payments.ports import Gateway

GATEWAYS: dict[str, Gateway] = {}
