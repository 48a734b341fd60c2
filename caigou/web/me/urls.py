"""Addresses of a person's own pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.me import addresses, views

urlpatterns: list[URLPattern] = [
    path("start/", views.start, name="start"),
    path("language/", views.language, name="language"),
    path("me/", views.me, name="me"),
    path("me/seat/", views.seat, name="seat"),
    path("company/new/", views.company_new, name="company_new"),
    path("me/addresses/new/", addresses.address_new, name="address_new"),
    path("me/addresses/<slug:public_id>/", addresses.address_edit, name="address_edit"),
    path("me/addresses/<slug:public_id>/remove/", addresses.address_remove, name="address_remove"),
]
