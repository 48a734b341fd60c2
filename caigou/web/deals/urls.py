"""Addresses of inquiries and offers."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.deals import answers, offers, views

urlpatterns: list[URLPattern] = [
    path("requests/", views.inquiry_list, name="inquiry_list"),
    path("requests/<slug:public_id>/", views.inquiry, name="inquiry"),
    path("requests/<slug:public_id>/offer/", offers.offer_new, name="offer_new"),
    path("requests/<slug:public_id>/withdraw/", answers.inquiry_withdraw, name="inquiry_withdraw"),
    path("requests/<slug:public_id>/decline/", offers.inquiry_decline, name="inquiry_decline"),
    path("offers/<slug:public_id>/accept/", answers.offer_accept, name="offer_accept"),
    path("offers/<slug:public_id>/decline/", answers.offer_decline, name="offer_decline"),
    path("offers/<slug:public_id>/withdraw/", offers.offer_withdraw, name="offer_withdraw"),
]
