"""Addresses of what prices are shown for, and of the rates behind it."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.rates import views

urlpatterns: list[URLPattern] = [
    path("reader/", views.reader, name="reader"),
    path("rates/", views.rates, name="rates"),
]
