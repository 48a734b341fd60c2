"""One more kind of account: what exchanges of currencies brought.  Kinds are only ever added."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0006_leaner_post"),
    ]

    operations = [
        migrations.RunSQL((SQL / "0014_result.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
