"""Addresses of orders."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.orders import moves, pay, place, views

urlpatterns: list[URLPattern] = [
    path("offers/<slug:public_id>/order/", place.order_new, name="order_new"),
    path("orders/", views.order_list, name="order_list"),
    path("orders/<slug:public_id>/", views.order, name="order"),
    path("orders/<slug:public_id>/live/", views.order_live, name="order_live"),
    path("orders/<slug:public_id>/pay/", pay.order_pay, name="order_pay"),
    path("orders/<slug:public_id>/ship/", moves.order_ship, name="order_ship"),
    path("orders/<slug:public_id>/confirm/", moves.order_confirm, name="order_confirm"),
    path("orders/<slug:public_id>/cancel/", moves.order_cancel, name="order_cancel"),
]
