-- The only way in.  These functions run as the ledger's owner; the application's role may call them and read.
--
-- Errors have codes of our own, so that nobody has to read a sentence to know what happened (errors.py maps them):
--   LG001 unknown account          LG002 account blocked           LG003 same key, other request
--   LG004 this fact is posted      LG005 hold spent or unknown     LG006 wrong isolation level
--   LG007 malformed request        LG008 account not empty         LG009 change of what is written
-- and three constraints speak for themselves: no_overdraft, hold_not_overspent, transfer_reversed_once.
--
-- Lock order, everywhere: guarded balance rows by id, then holds by id, then unguarded balance rows by id.

CREATE FUNCTION ledger.assert_read_committed() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Each step below must see what others committed while it waited for a lock.  An older snapshot would not.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the ledger needs READ COMMITTED, not %', current_setting('transaction_isolation')
            USING ERRCODE = 'LG006';
    END IF;
END $$;

-- The rule for a blocked account, in one place.  ``takes``: the leg lessens what its owner has.
--   no_debit  nothing leaves; money may arrive and be held towards it.
--   frozen    the same, and nobody's money is tied up towards it either.
--   closed    nothing at all, for no reason.
-- Releasing an older hold is always allowed: it gives back others' money, or the owner's own.  A capture or a
-- deduction from a blocked account needs a reason, which the journal keeps; a new hold has no reason good enough.
CREATE FUNCTION ledger.is_blocked(status text, kind "char", takes boolean, reason text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN status = 'open'   THEN false
        WHEN status = 'closed' THEN true
        WHEN kind = 'R'        THEN false
        WHEN kind = 'H'        THEN takes OR status = 'frozen'
        ELSE takes AND reason IS NULL
    END
$$;

CREATE FUNCTION ledger.refuse_blocked(p_journal bigint, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    blocked record;
BEGIN
    SELECT b.account_id, b.status INTO blocked
      FROM ledger.transfer t
      JOIN ledger.balance b ON b.account_id IN (t.debit_id, t.credit_id)
     WHERE t.journal_id = p_journal
       AND ledger.is_blocked(b.status, t.kind, (b.side = 'C') = (b.account_id = t.debit_id), p_reason)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'account % is %', blocked.account_id, blocked.status USING ERRCODE = 'LG002';
    END IF;
END $$;

-- Write one fact: 1 to 500 legs that succeed or fail together.  Returns the journal's id; ``replayed`` says that
-- it was there already, from the same key and the same request.
--
-- ``p_legs`` is a JSON array of {kind, debit, credit, currency, amount, hold, expires_at, reverses, code}.
-- C and R legs name their hold, and accounts and currency are the hold's; without an amount they take all that is left.
CREATE FUNCTION ledger.post(
    p_scope     text,
    p_key       text,
    p_hash      bytea,
    p_purpose   text,
    p_source    text,
    p_legs      jsonb,
    p_actor     text,
    p_effective timestamptz DEFAULT NULL,
    p_reason    text DEFAULT NULL,
    OUT journal_id bigint,
    OUT replayed   boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old        record;
    leg        record;
    effect     record;
    l_id       bigint;
    l_left     record;
    l_holds    bigint[];
    l_accounts bigint[];
    unguarded  boolean := false;
BEGIN
    PERFORM ledger.assert_read_committed();
    IF jsonb_typeof(p_legs) IS DISTINCT FROM 'array' OR jsonb_array_length(p_legs) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'a journal has 1 to 500 legs' USING ERRCODE = 'LG007';
    END IF;

    -- 1. The nets.  No conflict target: whichever of the two constraints a twin in flight breaks, we wait for it
    --    here and then look at what it left.
    INSERT INTO ledger.journal (scope, key, request_hash, purpose, source, effective_at, actor, reason)
    VALUES (p_scope, p_key, p_hash, p_purpose, p_source, least(p_effective, clock_timestamp()), p_actor, p_reason)
    ON CONFLICT DO NOTHING
    RETURNING id INTO journal_id;
    replayed := journal_id IS NULL;
    IF replayed THEN
        SELECT j.id, j.request_hash INTO old FROM ledger.journal j WHERE j.scope = p_scope AND j.key = p_key;
        IF NOT FOUND THEN
            RAISE EXCEPTION '% of % is posted under another key', p_purpose, p_source USING ERRCODE = 'LG004';
        END IF;
        IF old.request_hash <> p_hash THEN
            RAISE EXCEPTION 'key % was used for another request', p_key USING ERRCODE = 'LG003';
        END IF;
        journal_id := old.id;
        RETURN;
    END IF;

    -- 2. Locks: guarded balances, then holds, each by id.  Arrays, since no plan for them ever scans a table.
    l_holds := ARRAY(SELECT l.hold FROM jsonb_to_recordset(p_legs) AS l (hold bigint) WHERE l.hold IS NOT NULL);
    l_accounts := ARRAY(
        SELECT unnest(ARRAY[l.debit, l.credit]) FROM jsonb_to_recordset(p_legs) AS l (debit bigint, credit bigint)
        UNION
        SELECT unnest(ARRAY[t.debit_id, t.credit_id]) FROM ledger.transfer t WHERE t.id = ANY (l_holds)
    );
    PERFORM FROM ledger.balance b
      WHERE b.account_id = ANY (l_accounts) AND b.guarded
      ORDER BY b.account_id
        FOR NO KEY UPDATE;
    PERFORM FROM ledger.hold h
      WHERE h.transfer_id = ANY (l_holds)
      ORDER BY h.transfer_id
        FOR NO KEY UPDATE;

    -- 3. The transfers, in the order given.
    FOR leg IN
        SELECT * FROM jsonb_to_recordset(p_legs) AS l (
            kind "char", debit bigint, credit bigint, currency text, amount bigint, hold bigint,
            expires_at timestamptz, reverses bigint, code text)
    LOOP
        IF leg.kind IN ('C', 'R') THEN
            SELECT t.debit_id, t.credit_id, t.currency, h.amount - h.captured - h.released AS amount INTO l_left
              FROM ledger.hold h JOIN ledger.transfer t ON t.id = h.transfer_id
             WHERE h.transfer_id = leg.hold;
            IF coalesce(l_left.amount, 0) = 0 THEN
                RAISE EXCEPTION 'nothing is left of hold %', leg.hold USING ERRCODE = 'LG005';
            END IF;
            leg.debit    := coalesce(leg.debit, l_left.debit_id);       -- a lie is refused by transfer_as_held
            leg.credit   := coalesce(leg.credit, l_left.credit_id);
            leg.currency := coalesce(leg.currency, l_left.currency);
            leg.amount   := coalesce(leg.amount, l_left.amount);
            UPDATE ledger.hold h
               SET captured = h.captured + CASE leg.kind WHEN 'C' THEN leg.amount ELSE 0 END,
                   released = h.released + CASE leg.kind WHEN 'R' THEN leg.amount ELSE 0 END
             WHERE h.transfer_id = leg.hold;
        ELSIF NOT EXISTS (SELECT FROM ledger.account a WHERE a.id = leg.debit)
           OR NOT EXISTS (SELECT FROM ledger.account a WHERE a.id = leg.credit) THEN
            RAISE EXCEPTION 'no account % or %', leg.debit, leg.credit USING ERRCODE = 'LG001';
        END IF;

        INSERT INTO ledger.transfer (journal_id, kind, debit_id, credit_id, currency, amount, hold_id, reverses_id, code)
        VALUES (post.journal_id, leg.kind, leg.debit, leg.credit, leg.currency, leg.amount, leg.hold, leg.reverses, leg.code)
        RETURNING id INTO l_id;

        IF leg.kind = 'H' THEN
            INSERT INTO ledger.hold (transfer_id, amount, expires_at) VALUES (l_id, leg.amount, leg.expires_at);
        END IF;
        IF leg.reverses IS NOT NULL THEN
            PERFORM FROM ledger.transfer t WHERE t.id = leg.reverses AND t.kind = 'P' AND t.amount = leg.amount;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'transfer % is not a post of %', leg.reverses, leg.amount USING ERRCODE = 'LG007';
            END IF;
        END IF;
    END LOOP;

    -- 4. May they?  The guarded rows are locked, so their status can't change any more.
    PERFORM ledger.refuse_blocked(journal_id, p_reason);

    -- 5. The balances: one update a row, guarded ones first, the busy unguarded ones last and shortest.
    FOR effect IN
        SELECT a.id, a.guarded,
               -- Holds of a sharded account stay on its first row, so that a release finds what a hold added.
               CASE WHEN a.shards = 1 OR bool_or(t.kind <> 'P') THEN 0 ELSE pg_backend_pid() % a.shards END AS shard,
               sum(CASE WHEN a.id = t.debit_id  THEN d.posted  ELSE 0 END) AS debits_posted,
               sum(CASE WHEN a.id = t.credit_id THEN d.posted  ELSE 0 END) AS credits_posted,
               sum(CASE WHEN a.id = t.debit_id  THEN d.pending ELSE 0 END) AS debits_pending,
               sum(CASE WHEN a.id = t.credit_id THEN d.pending ELSE 0 END) AS credits_pending
          FROM ledger.transfer t
         CROSS JOIN LATERAL (
                   SELECT CASE WHEN t.kind IN ('P', 'C') THEN t.amount ELSE 0 END AS posted,
                          CASE t.kind WHEN 'H' THEN t.amount WHEN 'P' THEN 0 ELSE -t.amount END AS pending
               ) d
          JOIN ledger.account a ON a.id IN (t.debit_id, t.credit_id)
         WHERE t.journal_id = post.journal_id
         GROUP BY a.id
         ORDER BY a.guarded DESC, a.id
    LOOP
        UPDATE ledger.balance b
           SET debits_posted   = b.debits_posted   + effect.debits_posted,
               credits_posted  = b.credits_posted  + effect.credits_posted,
               debits_pending  = b.debits_pending  + effect.debits_pending,
               credits_pending = b.credits_pending + effect.credits_pending,
               version         = b.version + 1
         WHERE b.account_id = effect.id AND b.shard = effect.shard;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'account % has no balance %', effect.id, effect.shard USING ERRCODE = 'LG001';
        END IF;
        unguarded := unguarded OR NOT effect.guarded;
    END LOOP;
    IF unguarded THEN
        PERFORM ledger.refuse_blocked(journal_id, p_reason);        -- only now are these rows locked, too
    END IF;
END $$;

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
