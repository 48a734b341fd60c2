"""Addresses of the sandbox of 1688: all below one, for the gateway reads the rest of the address itself."""

from __future__ import annotations

from django.urls import re_path

from caigou.adapters.sandbox_1688 import views

app_name = "sandbox_1688"
urlpatterns = [re_path(r"^openapi/", views.call, name="call")]
