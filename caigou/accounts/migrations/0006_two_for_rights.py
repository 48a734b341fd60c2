"""Rights that wait for a second person, and the moment at which somebody changed how they sign in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_written_once")]

    operations = [
        migrations.AddField(
            "user",
            "credentials_changed_at",
            models.DateTimeField(help_text="Of password or address, last; holds payouts.", null=True),
        ),
        migrations.AddField(
            "seat",
            "rights_by",
            models.ForeignKey(
                help_text="Who gave the first of these rights.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "seat",
            "rights_wait",
            models.BooleanField(default=False, help_text="Until a second person of finance agrees."),
        ),
        migrations.AddField(
            "seat",
            "rights_from",
            models.DateTimeField(help_text="End of their cooling-off; none: they count.", null=True),
        ),
    ]
