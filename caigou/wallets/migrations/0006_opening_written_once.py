"""What a file of opening balances said stays as it was taken in; a trigger, for everybody."""

from django.db import migrations

_TRIGGERS = """
CREATE TRIGGER written_once BEFORE UPDATE ON wallets_openingfile FOR EACH ROW
    EXECUTE FUNCTION payments_written_once('name', 'sha256', 'day', 'known', 'asked_by_id', 'asked_at');
CREATE TRIGGER written_once BEFORE UPDATE ON wallets_openingrow FOR EACH ROW
    EXECUTE FUNCTION payments_written_once('file_id', 'line', 'kind', 'company_id', 'account_id', 'currency',
                                           'amount_minor', 'reference');
"""
_BACK = "DROP TRIGGER written_once ON wallets_openingfile; DROP TRIGGER written_once ON wallets_openingrow;"


class Migration(migrations.Migration):
    dependencies = [("wallets", "0005_opening_balances"), ("payments", "0004_written_once")]

    operations = [migrations.RunSQL(_TRIGGERS, _BACK)]
