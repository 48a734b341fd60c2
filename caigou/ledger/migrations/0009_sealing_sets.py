"""Sealing asks once for a block, not once for a journal."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_quotes_of_owner"),
    ]

    operations = [
        migrations.RunSQL((SQL / "0016_sealing_sets.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
