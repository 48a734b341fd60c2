"""What pictures look like; every picture of a gallery waits for the worker to look at it."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import caigou.kernel.clock
import caigou.kernel.ids
import caigou.search.models

_ALL = """
INSERT INTO search_fingerprint (product_id, picture_id)
SELECT product_id, picture_id FROM catalogue_productpicture
UNION SELECT product_id, picture_id FROM catalogue_variant WHERE picture_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial"), ("catalogue", "0004_import_columns")]

    operations = [
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "picture_id",
                    models.BigIntegerField(help_text="Of files.Picture; 0: the drawing that stands for a picture."),
                ),
                ("bits", caigou.search.models.BitsField(null=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalogue.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("product", "picture_id"), name="a_fingerprint_for_each_picture")
                ],
                "indexes": [
                    models.Index(condition=models.Q(("bits__isnull", True)), fields=["id"], name="fingerprint_waits")
                ],
            },
        ),
        migrations.CreateModel(
            name="AskedPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(
                        default=caigou.kernel.ids.new_public_id, editable=False, max_length=26, unique=True
                    ),
                ),
                (
                    "views",
                    models.JSONField(help_text="Fingerprints in hexadecimal: as it is, mirrored, without its border."),
                ),
                ("small", models.BinaryField(help_text="WebP of at most 160 pixels, drawn by us.")),
                ("asked_at", models.DateTimeField(db_index=True, default=caigou.kernel.clock.now)),
            ],
        ),
        migrations.RunSQL(_ALL, migrations.RunSQL.noop),
    ]
