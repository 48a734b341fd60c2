"""The same ledger.post() with half the statements."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_rules"),
    ]

    operations = [
        migrations.RunSQL((SQL / "0012_reversals.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
