"""All addresses of the house."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from caigou.config import health
from caigou.config.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("caigou.api.urls")),  # first: the hottest, and found without trying all others
    path("", include("caigou.web.urls", namespace="web")),
    path("account/", include("allauth.account.urls")),
    path("console/", include("caigou.console.urls", namespace="console")),
    # Not below live/, which a proxy hands to the process of the streams.
    path("follow/", include("caigou.live.urls", namespace="live")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

handler400 = "caigou.web.errors.bad_request"
handler403 = "caigou.web.errors.not_allowed"
handler404 = "caigou.web.errors.not_found"
handler500 = "caigou.web.errors.server_error"

if settings.CAIGOU_SANDBOX_GATEWAY:
    urlpatterns.append(path("sandbox/", include("caigou.adapters.sandbox_gateway.urls", namespace="sandbox")))

if settings.CAIGOU_SANDBOX_OFFERS:
    urlpatterns.append(path("sandbox/1688/", include("caigou.adapters.sandbox_1688.urls", namespace="sandbox_1688")))
