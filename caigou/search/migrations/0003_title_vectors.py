"""What titles mean: a vector of each, where an installation wants them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import caigou.search.models


class Migration(migrations.Migration):
    dependencies = [("search", "0002_pictures"), ("catalogue", "0004_import_columns")]

    operations = [
        migrations.CreateModel(
            name="TitleVector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(help_text="en or zh.", max_length=2)),
                (
                    "digest",
                    models.UUIDField(help_text="MD5 of the title: whether it is still the one that was encoded."),
                ),
                (
                    "made_by",
                    models.CharField(help_text="The encoder and its version; empty without a vector.", max_length=40),
                ),
                ("vector", models.BinaryField(help_text="A signed byte a dimension.", null=True)),
                ("signs", caigou.search.models.BitsField(null=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalogue.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("product", "language"), name="a_vector_for_each_title")
                ],
                "indexes": [
                    models.Index(condition=models.Q(("vector__isnull", True)), fields=["id"], name="title_waits")
                ],
            },
        ),
    ]
