"""Closed periods, points that keep their owner, exchanges as quoted, and the chain of seals."""

from pathlib import Path

from django.db import migrations, models

from caigou.ledger.roles import APP_ROLE

SQL = Path(__file__).resolve().parent.parent / "sql"
PARTS = ("0007_tables", "0008_periods", "0009_seal", "0010_audit")


def read(name):
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def grant(apps, schema_editor):
    role = schema_editor.quote_name(APP_ROLE)
    schema_editor.execute(read("0011_grants").replace("{app}", role), params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_chart"),
    ]

    operations = [
        migrations.RunSQL([read(name) for name in PARTS], migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.CreateModel(
            name="FxQuote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.TextField(unique=True)),
                ("owner", models.TextField()),
                ("sell", models.TextField()),
                ("buy", models.TextField()),
                ("sell_minor", models.BigIntegerField()),
                ("buy_minor", models.BigIntegerField(help_text="Rounded down.")),
                (
                    "rounding_minor",
                    models.BigIntegerField(help_text="What rounding to the nearest would have added: 0 or 1."),
                ),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=10, help_text="Whole units of buy for one of sell.", max_digits=20
                    ),
                ),
                ("rate_source", models.TextField()),
                ("quoted_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={"db_table": '"ledger"."fx_quote"', "managed": False},
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.TextField()),
                ("closed_until", models.DateTimeField()),
                ("actor", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={"db_table": '"ledger"."period"', "managed": False},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("newest", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"db_table": '"ledger"."seal"', "managed": False},
        ),
        migrations.CreateModel(
            name="BooksReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(help_text="In UTC.", unique=True)),
                ("checked_at", models.DateTimeField()),
                ("balanced", models.BooleanField()),
                ("report", models.JSONField(help_text="As ``caigou check-books --json`` prints it.")),
            ],
            options={"ordering": ["-day"]},
        ),
    ]
