from django.apps import AppConfig


class SandboxGatewayConfig(AppConfig):
    name = "caigou.adapters.sandbox_gateway"
