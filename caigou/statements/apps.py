from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "caigou.statements"
    label = "statements"
