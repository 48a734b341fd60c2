"""Addresses of the installed app."""

from __future__ import annotations

from django.urls import URLPattern, path

from caigou.web.pwa import views

urlpatterns: list[URLPattern] = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("worker.js", views.worker, name="worker"),
    path("offline/", views.offline, name="offline"),
]
