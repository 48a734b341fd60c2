"""Addresses of the API, version 1."""

from __future__ import annotations

from django.urls import path

# They register themselves with the door, and an address is looked for in this order: the hottest first.
from caigou.api import views  # noqa: F401

# isort: split
from caigou.api import exchange, orders, requests, wallet, whose  # noqa: F401
from caigou.api.door import api

urlpatterns = [path("", api.urls)]
