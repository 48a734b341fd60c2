"""What a charged service is for, who charged it, and one that was taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def person():
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("wallets", "0008_payment_blocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicepayment",
            name="words",
            field=models.CharField(
                blank=True, default="", help_text="What it is for, as the payer reads it.", max_length=200
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="servicepayment",
            name="order_number",
            field=models.CharField(
                blank=True, default="", help_text="The payer's order that it was for.", max_length=30
            ),
            preserve_default=False,
        ),
        migrations.AddField(model_name="servicepayment", name="asked_by", field=person()),
        migrations.AddField(model_name="servicepayment", name="withdrawn_by", field=person()),
        migrations.AddField(
            model_name="servicepayment",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="servicepayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_at", None), ("withdrawn_at", None), _connector="OR"),
                name="withdrawn_service_was_not_paid",
            ),
        ),
    ]
