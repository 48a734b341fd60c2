from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "caigou.config"
    label = "config"

    def ready(self) -> None:
        from caigou.config import checks, questions

        checks.register_all()
        questions.register_all()
