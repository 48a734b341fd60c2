"""Addresses of the supplier's own pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.desk import company, gallery, goods, imports, product, product_parts, views

urlpatterns: list[URLPattern] = [
    path("desk/", views.desk, name="desk"),
    path("goods/", goods.goods, name="goods"),
    path("desk/company/", company.profile, name="profile"),
    path("goods/imports/", imports.import_list, name="imports"),
    path("goods/imports/<slug:public_id>/", imports.import_detail, name="import"),
    path("goods/imports/<slug:public_id>/columns/", imports.import_columns, name="import_columns"),
    path("goods/imports/<slug:public_id>/refused.csv", imports.refused_csv, name="import_refused"),
    path("goods/export/", imports.goods_export, name="goods_export"),
    path("goods/new/", product.product_new, name="product_new"),
    path("goods/<slug:public_id>/", product.product_edit, name="product_edit"),
    path("goods/<slug:public_id>/words/", product.product_words, name="product_words"),
    path("goods/<slug:public_id>/prices/", product_parts.product_prices, name="product_prices"),
    path("goods/<slug:public_id>/variants/", product_parts.product_variants, name="product_variants"),
    path("goods/<slug:public_id>/packing/", product_parts.product_packing, name="product_packing"),
    path("goods/<slug:public_id>/service/", product_parts.product_service, name="product_service"),
    path("goods/<slug:public_id>/pictures/", gallery.product_pictures, name="product_pictures"),
    path("goods/<slug:public_id>/gallery/", gallery.product_gallery, name="product_gallery"),
    path("goods/<slug:public_id>/withdraw/", goods.product_withdraw, name="product_withdraw"),
    path("goods/<slug:public_id>/list/", goods.product_list, name="product_list"),
]
