"""Documents, commitments and their leaves are written once; an estimate gets its actual once. Triggers, for everybody."""

from django.db import migrations

_ONCE = ("statements_document", "statements_commitment", "statements_leaf")
_FUNCTION = """
CREATE FUNCTION statements_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'written once: % of % is refused', lower(TG_OP), TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION statements_number_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR NEW.last <> OLD.last + 1 OR (NEW.code, NEW.year) <> (OLD.code, OLD.year) THEN
        RAISE EXCEPTION 'a series counts up by one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_rises BEFORE UPDATE OR DELETE ON statements_series
    FOR EACH ROW EXECUTE FUNCTION statements_number_rises();
CREATE TRIGGER series_not_emptied BEFORE TRUNCATE ON statements_series
    FOR EACH STATEMENT EXECUTE FUNCTION statements_written_once();
"""
_TRIGGERS = "".join(
    f"""
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION statements_written_once();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION statements_written_once();
"""
    for table in _ONCE
)
_BACK = (
    "".join(f"DROP TRIGGER not_emptied ON {table}; DROP TRIGGER written_once ON {table};" for table in _ONCE)
    + """
DROP TRIGGER series_not_emptied ON statements_series; DROP TRIGGER number_rises ON statements_series;
DROP FUNCTION statements_number_rises(); DROP FUNCTION statements_written_once();
"""
)


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_initial")]

    operations = [migrations.RunSQL(_FUNCTION + _TRIGGERS, _BACK)]
