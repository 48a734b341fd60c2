"""Addresses of the API, version 1."""

from __future__ import annotations

from django.urls import path

from caigou.api import exchange, orders, requests, views, wallet, whose  # noqa: F401  they register themselves with the door
from caigou.api.door import api

urlpatterns = [path("", api.urls)]
