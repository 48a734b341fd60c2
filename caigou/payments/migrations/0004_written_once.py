"""What a bank said, where money goes and who asked for it stay as they were written, whatever the code does."""

from django.db import migrations

WRITTEN_ONCE = {
    "bankaccount": "holder number bank_name bic country currency entered_by_id",
    "virtualaccount": "account_id company_id number",
    "corporatetransfer": "company_id account_id currency amount_minor reference",
    "bankline": "statement_id account_id entry part day value_day is_credit currency amount_minor reference text"
    " payer_name payer_number payer_bic to_number returns",
    "suspensedecision": "line_id company_id needs_second asked_by_id",
    "bankreceipt": "account_id company_id currency amount_minor day asked_by_id picture_id",
    "payoutaccount": "company_id holder number bank_name bic country currency entered_by_id entered_at usable_from",
    "payoutbatch": "account_id digest asked_by_id",
    "payout": "company_id account_id line_id from_account_id holder number bic country currency amount_minor"
    " reference hold_id by_id",
}

FUNCTION = """
CREATE FUNCTION payments_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one text;
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
BEGIN
    FOREACH one IN ARRAY TG_ARGV LOOP
        IF before -> one IS DISTINCT FROM after -> one THEN
            RAISE EXCEPTION '% of % is written once', one, TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""


def _trigger(table, columns):
    arguments = ", ".join(f"'{column}'" for column in columns.split())
    return (
        f"CREATE TRIGGER written_once BEFORE UPDATE ON payments_{table} FOR EACH ROW"
        f" EXECUTE FUNCTION payments_written_once({arguments});"
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_bank_and_payouts")]

    operations = [
        migrations.RunSQL(
            FUNCTION + "\n".join(_trigger(table, columns) for table, columns in WRITTEN_ONCE.items()),
            "".join(f"DROP TRIGGER written_once ON payments_{table};\n" for table in WRITTEN_ONCE)
            + "DROP FUNCTION payments_written_once();",
        )
    ]
