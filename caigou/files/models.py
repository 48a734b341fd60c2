"""Pictures that people gave us, after they were made safe: what is stored was drawn anew by us, never the upload.

A picture is named by the hash of what we stored, so the same picture is stored once and its address never changes
its content (reliability.md section 5, promise 13).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from caigou.files.shown import Shown
from caigou.kernel.clock import now


class Picture(models.Model):
    """One picture in several widths, each a WebP file below the files folder: ``pictures/ab/ab…-480.webp``."""

    sha256 = models.CharField(max_length=64, unique=True, help_text="Of the largest file that we encoded.")
    width = models.PositiveIntegerField(help_text="Of the largest file, in pixels.")
    height = models.PositiveIntegerField(help_text="Of the largest file, in pixels.")
    stored_at = models.DateTimeField(default=now)
    unused_since = models.DateTimeField(
        null=True, blank=True, help_text="When nothing was first found to refer to it; empty: in use, or new."
    )

    class Meta:
        indexes = [
            models.Index(fields=["unused_since"], name="picture_unused", condition=Q(unused_since__isnull=False))
        ]
        constraints = [models.CheckConstraint(name="picture_has_an_area", condition=Q(width__gte=1, height__gte=1))]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def shown(self) -> Shown:
        """What a page needs to show it."""
        return Shown(self.sha256, self.width, self.height)
