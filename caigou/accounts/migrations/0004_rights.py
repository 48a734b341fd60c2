"""Rights of the platform's people: who was on a seat of the operator could do all, and goes on as an owner."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import caigou.kernel.clock

_REASON = "Everybody on a seat of the platform could do all before rights were told apart."


def keep_owners(apps, schema_editor):
    """Make owners of those who are there, and say so in the history."""
    seats = apps.get_model("accounts", "Seat").objects.filter(company__kind="operator")
    changes = apps.get_model("accounts", "RightChange").objects
    for seat in seats:
        seat.owner = True
        seat.save(update_fields=["owner"])
        changes.create(user_id=seat.user_id, right="owner", given=True, reason=_REASON)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_code_guesses")]

    operations = [
        migrations.AddField(
            "seat",
            "owner",
            models.BooleanField(default=False, help_text="Runs the platform: gives rights, and seats at it."),
        ),
        migrations.AddField("seat", "finance", models.BooleanField(default=False, help_text="Sees and moves money.")),
        migrations.CreateModel(
            name="RightChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("right", models.CharField(choices=[("finance", "Finance"), ("owner", "Owner")], max_length=10)),
                ("given", models.BooleanField()),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=caigou.kernel.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="right_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-at", "-pk"]},
        ),
        migrations.RunPython(keep_owners, migrations.RunPython.noop),
    ]
