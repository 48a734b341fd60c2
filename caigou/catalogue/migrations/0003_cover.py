"""The first picture beside the product, so that no list has to look for it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_market")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="cover",
            field=models.CharField(
                blank=True,
                default="",
                help_text="The first picture as files.shown.Shown; kept by services/pictures.py.",
                max_length=80,
            ),
            preserve_default=False,
        ),
    ]
