"""Addresses of a person's own pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.me import addresses, programs, views

urlpatterns: list[URLPattern] = [
    path("start/", views.start, name="start"),
    path("language/", views.language, name="language"),
    path("me/", views.me, name="me"),
    path("me/seat/", views.seat, name="seat"),
    path("company/new/", views.company_new, name="company_new"),
    path("me/addresses/new/", addresses.address_new, name="address_new"),
    path("me/addresses/<slug:public_id>/", addresses.address_edit, name="address_edit"),
    path("me/addresses/<slug:public_id>/remove/", addresses.address_remove, name="address_remove"),
    path("me/programs/", programs.programs, name="programs"),
    path("me/programs/keys/new/", programs.key_new, name="key_new"),
    path("me/programs/keys/<slug:public_id>/revoke/", programs.key_revoke, name="key_revoke"),
    path("me/programs/endpoints/new/", programs.endpoint_new, name="endpoint_new"),
    path("me/programs/endpoints/<slug:public_id>/", programs.endpoint, name="endpoint"),
    path("me/programs/endpoints/<slug:public_id>/rotate/", programs.endpoint_rotate, name="endpoint_rotate"),
    path("me/programs/endpoints/<slug:public_id>/test/", programs.endpoint_test, name="endpoint_test"),
    path("me/programs/endpoints/<slug:public_id>/remove/", programs.endpoint_remove, name="endpoint_remove"),
    path("me/programs/deliveries/<slug:public_id>/replay/", programs.dispatch_replay, name="dispatch_replay"),
]
