-- What is written stays.  These triggers stop everybody, the owner and a superuser included, from changing the
-- books by accident.  Whoever switches one off on purpose is named by ledger.audit().

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is never changed: % on %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'LG009', HINT = 'Write a transfer the other way.';
END $$;

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.transfer
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.journal
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.account
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.status_change
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.chart
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.currency
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();

-- A balance and a hold do move, but only in their figures; naming the columns keeps postings free of any trigger.
CREATE TRIGGER never_changed BEFORE UPDATE OF account_id, shard, side, guarded OR DELETE ON ledger.balance
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OF transfer_id, amount, expires_at OR DELETE ON ledger.hold
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.transfer EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.journal EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.account EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.status_change EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.chart EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.currency EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.balance EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.hold EXECUTE FUNCTION ledger.refuse_change();
