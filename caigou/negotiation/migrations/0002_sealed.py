"""An accepted offer can't be changed or deleted, by whatever role: its order costs what it says."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_change_of_sealed_offer() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'offer % is sealed', OLD.public_id USING ERRCODE = '55000';
            END $$;
            CREATE TRIGGER sealed_offer_stays
                BEFORE UPDATE OR DELETE ON negotiation_offer
                FOR EACH ROW WHEN (OLD.status = 'accepted')
                EXECUTE FUNCTION refuse_change_of_sealed_offer();
            """,
            """
            DROP TRIGGER sealed_offer_stays ON negotiation_offer;
            DROP FUNCTION refuse_change_of_sealed_offer();
            """,
        )
    ]
