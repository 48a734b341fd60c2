"""The history of rights is written once: a trigger, for everybody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_rights")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION accounts_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'written once: % of % is refused', lower(TG_OP), TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON accounts_rightchange
                FOR EACH ROW EXECUTE FUNCTION accounts_written_once();
            """,
            "DROP TRIGGER written_once ON accounts_rightchange; DROP FUNCTION accounts_written_once();",
        )
    ]
