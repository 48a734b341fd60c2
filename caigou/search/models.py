"""Which products the index must look at again. A row goes once the index holds the change."""

from __future__ import annotations

from django.db import models

from caigou.kernel.clock import now


class Pending(models.Model):
    """One change of one product that the index doesn't hold yet.

    A product may wait several times: a change that arrives while the worker indexes an earlier one has a row of its
    own, so removing the earlier row can't lose it.
    """

    product_id = models.BigIntegerField(help_text="The product may have been withdrawn or be gone.")
    since = models.DateTimeField(default=now)

    class Meta:
        verbose_name_plural = "pending"

    def __str__(self) -> str:
        return f"product {self.product_id}"
