from django.apps import AppConfig


class WalletsConfig(AppConfig):
    name = "caigou.wallets"
    label = "wallets"
