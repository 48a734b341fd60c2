"""An index of quotes by their owner."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_fx_result"),
    ]

    operations = [
        migrations.RunSQL((SQL / "0015_quotes_of_owner.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
