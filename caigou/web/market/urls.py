"""Addresses of the market pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.market import (
    ask_all,
    compare,
    demonstration,
    offers,
    pictured,
    product,
    seen,
    suggest,
    suppliers,
    tray,
    views,
)

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/offers/", offers.offers, name="offers"),
    path("search/picture/", pictured.picture, name="picture"),
    path("search/picture/<slug:token>/", pictured.pictured, name="pictured"),
    path("suggest/", suggest.suggestions, name="suggest"),
    path("c/", views.categories, name="categories"),
    path("c/<slug:slug>/", views.category, name="category"),
    path("compare/", compare.compare, name="compare"),
    path("compare/ask/", ask_all.ask_all, name="ask_all"),
    path("compare/tray/", tray.tray, name="tray"),
    path("seen/", seen.seen, name="seen"),
    path("p/<slug:public_id>/", product.product, name="product"),
    path("p/<slug:public_id>/alike/", pictured.alike, name="alike"),
    path("p/<slug:public_id>/ask/", product.ask, name="ask"),
    path("s/<slug:public_id>/", suppliers.supplier, name="supplier"),
    path("parts/", demonstration.parts, name="parts"),
    path("demo/sign-in/", demonstration.demo_sign_in, name="demo_sign_in"),
    path("demo/outbox/", demonstration.demo_outbox, name="demo_outbox"),
]
