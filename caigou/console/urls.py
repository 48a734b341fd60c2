"""Addresses of the staff console."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from caigou.console import (
    books,
    business,
    documents,
    goods,
    imports,
    people,
    rates,
    suppliers,
    views,
    wallets,
    why,
    work,
)

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("work/", work.open_work, name="work"),
    path("orders/", views.orders, name="orders"),
    path("search/", views.search_index, name="search"),
    path("search/rebuild/", views.rebuild, name="rebuild"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/<slug:public_id>/", imports.import_detail, name="import"),
    path("imports/<slug:public_id>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<slug:public_id>/refused.csv", imports.refused_csv, name="import_refused"),
    path("books/", books.books, name="books"),
    path("wallets/", wallets.wallets, name="wallets"),
    path("wallets/cases/<slug:public_id>/", wallets.case_decide, name="case_decide"),
    path("wallets/accounts/<slug:public_id>/", wallets.instrument_review, name="instrument_review"),
    path("documents/", documents.documents, name="documents"),
    path("documents/journal.csv", documents.journal, name="journal"),
    path("companies/", people.companies, name="companies"),
    path("companies/<slug:public_id>/", people.company, name="company"),
    path("people/", people.people, name="people"),
    path("people/<slug:public_id>/", people.person, name="person"),
    path("people/<slug:public_id>/active/", people.person_active, name="person_active"),
    path("people/<slug:public_id>/unseat/", people.seat_take, name="seat_take"),
    path("suppliers/", suppliers.suppliers, name="suppliers"),
    path("suppliers/<slug:public_id>/", suppliers.supplier, name="supplier"),
    path("suppliers/<slug:public_id>/profile/", suppliers.supplier_profile, name="supplier_profile"),
    path("evidence/<slug:public_id>/revoke/", suppliers.evidence_revoke, name="evidence_revoke"),
    path("goods/", goods.goods, name="goods"),
    path("goods/<slug:public_id>/withdraw/", goods.product_withdraw, name="product_withdraw"),
    path("goods/<slug:public_id>/list/", goods.product_list, name="product_list"),
    path("goods/<slug:public_id>/why/", why.why, name="why"),
    path("rates/", rates.rates, name="rates"),
    path("rates/withdraw/", rates.rate_withdraw, name="rate_withdraw"),
    path("rates/fetch/", rates.rates_fetch, name="rates_fetch"),
    path("settings/", business.settings_list, name="settings"),
    path("settings/history/", business.settings_history, name="settings_history"),
    path("settings/<str:key>/", business.setting, name="setting"),
]
