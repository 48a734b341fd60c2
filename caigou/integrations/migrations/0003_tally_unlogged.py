"""Counting a request must not wait for a disk: after a crash of the server the minute's count begins anew."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_webhooks")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE integrations_tally SET UNLOGGED",
            "ALTER TABLE integrations_tally SET LOGGED",
        )
    ]
