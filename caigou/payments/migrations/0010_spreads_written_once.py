"""A spread is written once: history is never edited. A trigger, for everybody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_pair_spreads")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER written_once BEFORE UPDATE ON payments_pairspread FOR EACH ROW EXECUTE FUNCTION"
            " payments_written_once('sell', 'buy', 'points', 'since', 'reason', 'by_id', 'entered_at');",
            "DROP TRIGGER written_once ON payments_pairspread;",
        )
    ]
