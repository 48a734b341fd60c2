"""Addresses of the staff console."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from caigou.console import books, business, imports, rates, views, work

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("work/", work.open_work, name="work"),
    path("orders/", views.orders, name="orders"),
    path("search/", views.search_index, name="search"),
    path("search/rebuild/", views.rebuild, name="rebuild"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/<slug:public_id>/", imports.import_detail, name="import"),
    path("imports/<slug:public_id>/refused.csv", imports.refused_csv, name="import_refused"),
    path("books/", books.books, name="books"),
    path("rates/", rates.rates, name="rates"),
    path("rates/withdraw/", rates.rate_withdraw, name="rate_withdraw"),
    path("rates/fetch/", rates.rates_fetch, name="rates_fetch"),
    path("settings/", business.settings_list, name="settings"),
    path("settings/history/", business.settings_history, name="settings_history"),
    path("settings/<str:key>/", business.setting, name="setting"),
]
