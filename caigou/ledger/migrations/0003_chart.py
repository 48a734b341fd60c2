"""More kinds of account, and whose money each stands for.  Kinds are only ever added."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_models"),
    ]

    operations = [
        migrations.RunSQL((SQL / "0006_chart.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
