"""What search keeps: products to index again, what pictures look like and titles mean, pictures looked for just now."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from caigou.catalogue.models import Product
from caigou.files.looks import BITS
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id


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


class BitsField(models.Field):  # type: ignore[type-arg]
    """A fingerprint as PostgreSQL compares it: ``bit_count(one # other)`` counts the bits in which two differ."""

    def db_type(self, connection: Any) -> str:
        return f"bit({BITS})"


class Fingerprint(models.Model):
    """How one picture of a product looks. Written by statements of ``services/alike.py`` only.

    ``picture_id`` is no foreign key, for a row here must not keep a picture in use; 0 is the product's drawing. A row
    without bits waits for the worker.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    picture_id = models.BigIntegerField(help_text="Of files.Picture; 0: the drawing that stands for a picture.")
    bits = BitsField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_fingerprint_for_each_picture", fields=["product", "picture_id"])]
        indexes = [models.Index(fields=["id"], name="fingerprint_waits", condition=Q(bits__isnull=True))]

    def __str__(self) -> str:
        return f"product {self.product_id}, picture {self.picture_id}"


class TitleVector(models.Model):
    """What one title of a product means. Written by statements of ``meaning/keeping.py`` only.

    A row without a vector waits for the worker. All of it can be made anew from the titles.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    language = models.CharField(max_length=2, help_text="en or zh.")
    digest = models.UUIDField(help_text="MD5 of the title: whether it is still the one that was encoded.")
    made_by = models.CharField(max_length=40, help_text="The encoder and its version; empty without a vector.")
    vector = models.BinaryField(null=True, help_text="A signed byte a dimension.")
    signs = BitsField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="a_vector_for_each_title", fields=["product", "language"])]
        indexes = [models.Index(fields=["id"], name="title_waits", condition=Q(vector__isnull=True))]

    def __str__(self) -> str:
        return f"product {self.product_id}, {self.language}"


class AskedPicture(models.Model):
    """A picture that somebody looks for: its fingerprints and one small copy to show, for an hour; never the upload."""

    token = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    views = models.JSONField(help_text="Fingerprints in hexadecimal: as it is, mirrored, without its border.")
    small = models.BinaryField(help_text="WebP of at most 160 pixels, drawn by us.")
    asked_at = models.DateTimeField(default=now, db_index=True)

    def __str__(self) -> str:
        return f"asked {self.asked_at:%H:%M}"
