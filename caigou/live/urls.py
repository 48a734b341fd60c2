"""The address at which pages ask for a ticket; the stream itself is another process's (``server``)."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.live import views

app_name = "live"
urlpatterns: list[URLPattern] = [path("ticket/", views.ticket, name="ticket")]
