"""The schema ``ledger``: tables, guards, functions, grants.  The SQL is in ``../sql``, never edited after a release."""

from pathlib import Path

from django.db import migrations

from caigou.kernel.money import CURRENCIES
from caigou.ledger.roles import APP_ROLE

SQL = Path(__file__).resolve().parent.parent / "sql"
PARTS = ("0001_tables", "0002_guards", "post", "0003_accounts", "0004_audit")


def read(name):
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def seed_currencies(apps, schema_editor):
    for code, exponent in CURRENCIES.items():
        schema_editor.execute(
            "INSERT INTO ledger.currency (code, exponent, is_money) VALUES (%s, %s, %s)",
            [code, exponent, code != "PTS"],
        )


def grant(apps, schema_editor):
    role = schema_editor.quote_name(APP_ROLE)
    schema_editor.execute(read("0005_grants").replace("{app}", role), params=None)


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(
            [read(name) for name in PARTS],
            reverse_sql=read("0001_reverse"),
        ),
        migrations.RunPython(seed_currencies, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
