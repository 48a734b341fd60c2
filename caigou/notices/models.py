"""Mail as it would have left the house."""

from __future__ import annotations

from django.db import models

from caigou.kernel.clock import now


class KeptMail(models.Model):
    """A message that demo and test mode keep instead of sending; never logged."""

    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=998)
    body = models.TextField()
    kept_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-kept_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
