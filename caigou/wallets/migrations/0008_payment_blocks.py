"""Blocks of all payments of a company, lifted by two."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import caigou.kernel.clock
import caigou.kernel.ids


def person(help_text=""):
    return models.ForeignKey(
        help_text=help_text,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_two_for_rights"),
        ("wallets", "0007_escrows_and_estimates"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentBlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=caigou.kernel.ids.new_public_id, editable=False, max_length=26, unique=True
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=caigou.kernel.clock.now)),
                ("lift_reason", models.CharField(blank=True, max_length=300)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("by", person("None: by a link in a letter.")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_blocks",
                        to="accounts.company",
                    ),
                ),
                ("lift_asked_by", person()),
                ("lifted_by", person()),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)), fields=("company",), name="one_block_a_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(lifted_at=None, lifted_by=None)
                        | models.Q(lifted_by__isnull=False, lift_asked_by__isnull=False)
                        & ~models.Q(lifted_by=models.F("lift_asked_by")),
                        name="block_is_lifted_by_two",
                    ),
                ],
            },
        ),
    ]
