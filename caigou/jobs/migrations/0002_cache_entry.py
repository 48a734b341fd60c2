"""The table of Django's database cache: sign-in limits are counted there, shared by all processes.

``createcachetable`` would need rights that the application's role must not have.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE cache_entry (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX cache_entry_expires ON cache_entry (expires);
            """,
            "DROP TABLE cache_entry;",
        )
    ]
