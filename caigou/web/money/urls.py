"""Addresses of the money pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.money import recharges, views

urlpatterns: list[URLPattern] = [
    path("money/", views.money, name="money"),
    path("money/recharge/", recharges.recharge, name="recharge"),
    path("money/recharge/<slug:public_id>/", recharges.recharge_state, name="recharge_state"),
    path("money/recharge/<slug:public_id>/go/", recharges.recharge_go, name="recharge_go"),
]
