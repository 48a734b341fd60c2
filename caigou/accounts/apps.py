from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "caigou.accounts"

    def ready(self) -> None:
        """Hear allauth, which has no other way to tell how an address was proven."""
        from allauth.account.signals import email_confirmed

        from caigou.accounts.forestalled import forget_unproven_password

        email_confirmed.connect(forget_unproven_password, dispatch_uid="caigou.forestalled")
