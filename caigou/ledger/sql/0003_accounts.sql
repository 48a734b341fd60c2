-- Opening accounts, and changing what they let through.

-- Get or open the account of an owner.  Safe to call again, also by two at once.
CREATE FUNCTION ledger.open_account(p_kind text, p_owner text, p_currency text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opened ledger.account;
BEGIN
    PERFORM ledger.assert_read_committed();
    SELECT a.* INTO opened FROM ledger.account a
     WHERE a.kind = p_kind AND a.owner = p_owner AND a.currency = p_currency;
    IF FOUND THEN
        RETURN opened.id;
    END IF;

    INSERT INTO ledger.account (kind, owner, currency, side, guarded, shards)
    SELECT c.kind, p_owner, p_currency, c.side, c.guarded, c.shards FROM ledger.chart c WHERE c.kind = p_kind
    ON CONFLICT ON CONSTRAINT account_once_per_owner DO NOTHING
    RETURNING * INTO opened;
    IF FOUND THEN
        INSERT INTO ledger.balance (account_id, shard, side, guarded)
        SELECT opened.id, s, opened.side, opened.guarded FROM generate_series(0, opened.shards - 1) s;
        RETURN opened.id;
    END IF;

    -- Another transaction opened it while we waited.
    SELECT a.* INTO opened FROM ledger.account a
     WHERE a.kind = p_kind AND a.owner = p_owner AND a.currency = p_currency;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the chart has no account of kind %', p_kind USING ERRCODE = 'LG001';
    END IF;
    RETURN opened.id;
END $$;

-- Freeze, restrict, reopen or close.  When it returns and its transaction commits, the new rule holds for every
-- posting: it takes the very locks that ledger.post() decides under.  Returns the status that stood before.
CREATE FUNCTION ledger.set_status(p_account bigint, p_status text, p_reason text, p_actor text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before record;
BEGIN
    PERFORM ledger.assert_read_committed();
    PERFORM FROM ledger.balance b WHERE b.account_id = p_account ORDER BY b.shard FOR NO KEY UPDATE;
    SELECT min(b.status) AS status,
           sum(b.debits_posted) = sum(b.credits_posted) AND max(b.debits_pending + b.credits_pending) = 0 AS is_empty
      INTO before
      FROM ledger.balance b
     WHERE b.account_id = p_account;
    IF before.status IS NULL THEN
        RAISE EXCEPTION 'no account %', p_account USING ERRCODE = 'LG001';
    END IF;
    IF before.status = p_status THEN
        RETURN before.status;
    END IF;
    IF before.status = 'closed' THEN
        RAISE EXCEPTION 'account % is closed for good', p_account USING ERRCODE = 'LG002';
    END IF;
    IF p_status = 'closed' AND NOT before.is_empty THEN
        RAISE EXCEPTION 'account % is not empty', p_account USING ERRCODE = 'LG008';
    END IF;

    UPDATE ledger.balance b SET status = p_status, version = b.version + 1 WHERE b.account_id = p_account;
    INSERT INTO ledger.status_change (account_id, old, new, reason, actor)
    VALUES (p_account, before.status, p_status, p_reason, p_actor);
    RETURN before.status;
END $$;
