"""What the sandbox, as the other side, knows of each charge and refund."""

from __future__ import annotations

from django.db import models

from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money


class SandboxCharge(models.Model):
    """A charge at the sandbox; ``reference`` is the merchant's, ``provider_ref`` the sandbox's own."""

    reference = models.CharField(max_length=80, unique=True)
    provider_ref = models.CharField(max_length=26, unique=True, default=new_public_id)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    return_url = models.CharField(max_length=400)
    status = models.CharField(max_length=10, default="pending")
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=120, blank=True, help_text="The name on the card that paid; blank: not told.")

    def __str__(self) -> str:
        return f"{self.reference}: {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class SandboxRefund(models.Model):
    """A refund at the sandbox; ``reference`` is the merchant's key, under which it takes effect once."""

    reference = models.CharField(max_length=80, unique=True)
    provider_ref = models.CharField(max_length=26, unique=True, default=new_public_id)
    charge = models.ForeignKey(SandboxCharge, models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=10, blank=True)
    made_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.reference}: {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.charge.currency)
