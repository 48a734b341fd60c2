"""How much of a product was sold on this market, beside what its source states."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_import_columns")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="sold_here",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Units of orders that were completed on this market.",
            ),
        ),
    ]
