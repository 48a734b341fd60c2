"""The same rules of posting with fewer steps: ``../sql/post.sql`` as it stands, and tables that are cheaper to guard."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def read(name):
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_quicker_post"),
    ]

    operations = [
        migrations.RunSQL([read("0013_lean"), read("post")], migrations.RunSQL.noop),
    ]
