"""Addresses of the market's pages: one include an area, all names in the namespace ``web``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from caigou.web import counts

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("caigou.web.market.urls")),
    path("", include("caigou.web.deals.urls")),
    path("", include("caigou.web.orders.urls")),
    path("", include("caigou.web.money.urls")),
    path("", include("caigou.web.me.urls")),
    path("", include("caigou.web.desk.urls")),
    path("", include("caigou.web.rates.urls")),
    path("", include("caigou.web.pwa.urls")),
    path("waiting/", counts.waiting, name="waiting"),
]
