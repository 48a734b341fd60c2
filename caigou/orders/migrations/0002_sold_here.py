"""Orders that were completed before the catalogue kept what was sold: nobody heard of them then."""

from __future__ import annotations

from django.db import migrations

_COUNT = """
    UPDATE catalogue_product AS product SET sold_here = sold.units
      FROM (SELECT product_id, sum(quantity) AS units FROM orders_order WHERE status = 'completed' GROUP BY product_id)
        AS sold
     WHERE product.id = sold.product_id
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("catalogue", "0005_sold_here")]

    operations = [migrations.RunSQL(_COUNT, migrations.RunSQL.noop)]
