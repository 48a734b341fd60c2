"""Addresses of the supplier's own pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.desk import views

urlpatterns: list[URLPattern] = [
    path("desk/", views.desk, name="desk"),
    path("goods/", views.goods, name="goods"),
    path("goods/<slug:public_id>/withdraw/", views.product_withdraw, name="product_withdraw"),
    path("goods/<slug:public_id>/list/", views.product_list, name="product_list"),
]
