"""A month that is closed stays as it was closed, and a proposal says what it said. A trigger, for everybody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("statements", "0003_month_close")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION statements_month_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'DELETE' OR OLD.status <> 'proposed'
                   OR (NEW.month, NEW.reason, NEW.checks, NEW.totals, NEW.digest, NEW.proposed_by_id, NEW.proposed_at)
                      IS DISTINCT FROM
                      (OLD.month, OLD.reason, OLD.checks, OLD.totals, OLD.digest, OLD.proposed_by_id, OLD.proposed_at)
                THEN
                    RAISE EXCEPTION 'written once: % of a closed month is refused', lower(TG_OP)
                        USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER month_stays BEFORE UPDATE OR DELETE ON statements_monthclose
                FOR EACH ROW EXECUTE FUNCTION statements_month_stays();
            """,
            "DROP TRIGGER month_stays ON statements_monthclose; DROP FUNCTION statements_month_stays();",
        )
    ]
