"""The tree of categories: authored by us in both languages, in ``caigou/catalogue/data/categories``."""

from __future__ import annotations

from django.db import models


class Category(models.Model):
    """A kind of goods, named in both languages; ``drawing`` stands in where a product has no picture.

    ``path`` is the slugs from the root down, joined by ``/``: all goods under a category are those whose category's
    path is its path or starts with it and a slash.
    """

    slug = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    position = models.PositiveIntegerField(default=0, help_text="Order in which the tree is shown.")
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=60)
    drawing = models.CharField(max_length=40, default="carton")

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name_en

    def save(self, **options: object) -> None:
        """Store, with the path that follows from the parent."""
        self.path = f"{self.parent.path}/{self.slug}" if self.parent else self.slug
        super().save(**options)  # type: ignore[arg-type]

    @property
    def depth(self) -> int:
        """0 for a group at the top."""
        return self.path.count("/")
