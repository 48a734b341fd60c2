"""What a wallet suffices for at once is settled without a hold."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_transfers_back"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="paymentrequest", name="held_request_names_its_hold"),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "held"), _negated=True) | models.Q(("hold_id__isnull", False)),
                name="held_request_names_its_hold",
            ),
        ),
    ]
