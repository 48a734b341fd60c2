"""The other platforms whose offers stand beside our goods, by name (B1)."""

from __future__ import annotations

from django.conf import settings

from caigou.adapters.ali1688.source import Ali1688
from caigou.search.offers import OfferSource

OFFER_SOURCES: dict[str, OfferSource] = {}

if settings.CAIGOU_1688_APP_KEY:
    OFFER_SOURCES["1688"] = Ali1688(
        url=settings.CAIGOU_1688_URL,
        app_key=settings.CAIGOU_1688_APP_KEY,
        secret=settings.CAIGOU_1688_SECRET,
        token=settings.CAIGOU_1688_TOKEN,
    )
elif settings.CAIGOU_SANDBOX_OFFERS:
    from caigou.adapters.sandbox_1688.gateway import APP_KEY, TOKEN

    OFFER_SOURCES["1688"] = Ali1688(
        url=f"{settings.CAIGOU_BASE_URL}/sandbox/1688/openapi",
        app_key=APP_KEY,
        secret=settings.CAIGOU_SANDBOX_SECRET,
        token=TOKEN,
        page="",
        is_sandbox=True,
    )
