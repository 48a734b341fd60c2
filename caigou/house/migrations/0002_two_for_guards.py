"""Changes of settings that guard money wait for a second person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import caigou.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("house", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "settingchange",
            "agreed_by",
            models.ForeignKey(
                help_text="The second person.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="ProposedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, unique=True)),
                ("text", models.CharField(max_length=1000, null=True)),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=caigou.kernel.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
