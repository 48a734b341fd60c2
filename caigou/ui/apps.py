"""The look: components, template tags and formats that all doors share."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "caigou.ui"
    label = "ui"
