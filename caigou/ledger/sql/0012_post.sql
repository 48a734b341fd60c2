-- ledger.post() with half the statements; what it lets through is the same.
--
-- A balance row is locked by the very UPDATE that changes it, if it is open, which it asks under the lock: guarded rows by
-- id, then unguarded ones.  Only a journal that takes from holds must lock ahead, since "all that is left" is known under the
-- locks alone, and holds come between guarded and unguarded rows.

-- Nearly no transfer reverses another: an index of those that do is enough for the third net.
ALTER TABLE ledger.transfer DROP CONSTRAINT transfer_reversed_once;
CREATE UNIQUE INDEX transfer_reversed_once ON ledger.transfer (reverses_id) WHERE reverses_id IS NOT NULL;

CREATE OR REPLACE FUNCTION ledger.post(
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
    old       record;
    leg       record;
    effect    record;
    l_id      bigint;
    l_left    record;
    l_status  text;
    l_holds   bigint[] := '{}';
    exchanged boolean := false;
BEGIN
    -- Each step below must see what others committed while it waited for a lock.  An older snapshot would not.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM ledger.assert_read_committed();
    END IF;
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

    -- 2. A journal that takes from holds: the guarded rows first, then the holds, each by id.
    IF p_legs @? '$[*].hold' THEN
        l_holds := ledger.lock_for_holds(p_legs);
    END IF;
    IF p_effective < clock_timestamp() - interval '1 hour' THEN     -- nothing younger is ever closed
        PERFORM ledger.refuse_closed(p_legs, l_holds, p_effective);
    END IF;

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
        END IF;

        INSERT INTO ledger.transfer (journal_id, kind, debit_id, credit_id, currency, amount, hold_id, reverses_id, code)
        SELECT post.journal_id, leg.kind, d.id, c.id, leg.currency, leg.amount, leg.hold, leg.reverses, leg.code
          FROM ledger.account d, ledger.account c
         WHERE d.id = leg.debit AND c.id = leg.credit
        RETURNING id INTO l_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no account % or %', leg.debit, leg.credit USING ERRCODE = 'LG001';
        END IF;

        IF leg.kind = 'H' THEN
            INSERT INTO ledger.hold (transfer_id, amount, expires_at) VALUES (l_id, leg.amount, leg.expires_at);
        END IF;
        IF leg.currency = 'PTS' THEN
            PERFORM ledger.refuse_points(leg.debit, leg.credit);
        END IF;
        IF leg.reverses IS NOT NULL THEN
            PERFORM FROM ledger.transfer t WHERE t.id = leg.reverses AND t.kind = 'P' AND t.amount = leg.amount;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'transfer % is not a post of %', leg.reverses, leg.amount USING ERRCODE = 'LG007';
            END IF;
        END IF;
    END LOOP;

    -- 4. The balances: one update a row, guarded ones first, the busy unguarded ones last and shortest.  A row that is
    --    not open is locked first, so that its status can't change any more: may they?
    FOR effect IN
        SELECT a.id, a.kind = 'fx_position' AS exchanges,
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
        l_status := 'open';
        LOOP
            UPDATE ledger.balance b
               SET debits_posted   = b.debits_posted   + effect.debits_posted,
                   credits_posted  = b.credits_posted  + effect.credits_posted,
                   debits_pending  = b.debits_pending  + effect.debits_pending,
                   credits_pending = b.credits_pending + effect.credits_pending,
                   version         = b.version + 1
             WHERE b.account_id = effect.id AND b.shard = effect.shard AND b.status = l_status;
            EXIT WHEN FOUND;
            SELECT b.status INTO l_status
              FROM ledger.balance b
             WHERE b.account_id = effect.id AND b.shard = effect.shard
               FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'account % has no balance %', effect.id, effect.shard USING ERRCODE = 'LG001';
            END IF;
            PERFORM ledger.refuse_blocked(journal_id, p_reason);
        END LOOP;
        exchanged := exchanged OR effect.exchanges;
    END LOOP;
    IF exchanged THEN
        PERFORM ledger.refuse_unquoted(journal_id);
    END IF;
END $$;

-- Lock what a journal that takes from holds will change: its guarded balances by id, then the holds by id.  Arrays,
-- since no plan for them ever scans a table.
CREATE FUNCTION ledger.lock_for_holds(p_legs jsonb) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l_holds    bigint[];
    l_accounts bigint[];
BEGIN
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
    RETURN l_holds;
END $$;
REVOKE ALL ON FUNCTION ledger.lock_for_holds FROM PUBLIC;
