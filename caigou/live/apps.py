from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "caigou.live"
