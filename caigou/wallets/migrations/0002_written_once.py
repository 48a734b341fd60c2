"""A declaration is written once: a trigger, for everybody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallets", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION wallets_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'written once: % of % is refused', lower(TG_OP), TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON wallets_fundsdeclaration
                FOR EACH ROW EXECUTE FUNCTION wallets_written_once();
            CREATE TRIGGER not_emptied BEFORE TRUNCATE ON wallets_fundsdeclaration
                FOR EACH STATEMENT EXECUTE FUNCTION wallets_written_once();
            """,
            """
            DROP TRIGGER not_emptied ON wallets_fundsdeclaration; DROP TRIGGER written_once ON wallets_fundsdeclaration;
            DROP FUNCTION wallets_written_once();
            """,
        )
    ]
