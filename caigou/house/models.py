"""What the operator has set, and the history of it: who changed what, from what, to what, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from caigou.kernel.clock import now


class StoredSetting(models.Model):
    """The text of one setting; without a text the default holds."""

    key = models.CharField(max_length=60, unique=True)
    text = models.CharField(max_length=1000, null=True)  # noqa: DJ001 - None is "as the house came", "" a value

    def __str__(self) -> str:
        return self.key


class ProposedChange(models.Model):
    """A change that waits for a second person; without a text it is back to the default. One at a time for a key."""

    key = models.CharField(max_length=60, unique=True)
    text = models.CharField(max_length=1000, null=True)  # noqa: DJ001 - see StoredSetting.text
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


class SettingChange(models.Model):
    """One change, never edited. ``before`` and ``after`` are None where the default held or holds."""

    key = models.CharField(max_length=60, db_index=True)
    before = models.CharField(max_length=1000, null=True)  # noqa: DJ001 - see StoredSetting.text
    after = models.CharField(max_length=1000, null=True)  # noqa: DJ001
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="The second person."
    )
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.key}: {self.before} → {self.after}"
