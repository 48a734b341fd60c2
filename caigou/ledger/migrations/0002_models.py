"""What Django knows of the tables, for reading; nothing changes in the database."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("owner", models.TextField()),
                ("currency", models.TextField()),
                ("side", models.CharField(max_length=1)),
                ("guarded", models.BooleanField()),
                ("shards", models.SmallIntegerField()),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "db_table": '"ledger"."account"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="BalanceRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "shard", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shard", models.SmallIntegerField()),
                (
                    "status",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("no_debit", "No money out"),
                            ("frozen", "Frozen"),
                            ("closed", "Closed"),
                        ]
                    ),
                ),
                ("debits_posted", models.BigIntegerField()),
                ("credits_posted", models.BigIntegerField()),
                ("debits_pending", models.BigIntegerField()),
                ("credits_pending", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
            ],
            options={
                "db_table": '"ledger"."balance"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("P", "Moved"),
                            ("H", "Set aside"),
                            ("C", "Moved after being set aside"),
                            ("R", "Given back"),
                        ],
                        max_length=1,
                    ),
                ),
                ("currency", models.TextField()),
                ("amount", models.BigIntegerField(help_text="In minor units of the currency.")),
                ("code", models.TextField()),
            ],
            options={
                "db_table": '"ledger"."transfer"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Journal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.TextField()),
                ("key", models.TextField()),
                ("request_hash", models.BinaryField()),
                ("purpose", models.TextField()),
                ("source", models.TextField()),
                ("effective_at", models.DateTimeField(help_text="When it happened.")),
                ("recorded_at", models.DateTimeField(help_text="When it was written down, by the database's clock.")),
                ("actor", models.TextField()),
                ("reason", models.TextField(null=True)),
            ],
            options={
                "db_table": '"ledger"."journal"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "old",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("no_debit", "No money out"),
                            ("frozen", "Frozen"),
                            ("closed", "Closed"),
                        ]
                    ),
                ),
                (
                    "new",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("no_debit", "No money out"),
                            ("frozen", "Frozen"),
                            ("closed", "Closed"),
                        ]
                    ),
                ),
                ("reason", models.TextField()),
                ("actor", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": '"ledger"."status_change"',
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="hold_row",
                        serialize=False,
                        to="ledger.transfer",
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("captured", models.BigIntegerField()),
                ("released", models.BigIntegerField()),
                (
                    "expires_at",
                    models.DateTimeField(help_text="From then on its release is due; a job releases it.", null=True),
                ),
            ],
            options={
                "db_table": '"ledger"."hold"',
                "managed": False,
            },
        ),
    ]
