"""Addresses of the sandbox gateway: its own page, and where its webhooks come in."""

from __future__ import annotations

from django.urls import path

from caigou.adapters.sandbox_gateway import views

app_name = "sandbox"
urlpatterns = [
    path("pay/<slug:reference>/", views.pay, name="pay"),
    path("webhook", views.webhook, name="webhook"),
]
