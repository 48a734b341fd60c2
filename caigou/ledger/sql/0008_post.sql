-- ledger.post() as it is today: the first one, and besides
--   LG010 the period is closed     LG011 points would change owner     LG012 not what was quoted
--
-- None of the three costs an ordinary posting a query: see where they are asked.

-- Points are no money (A16): one side of each of their transfers is the platform's.
CREATE FUNCTION ledger.refuse_points(p_debit bigint, p_credit bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger.account a JOIN ledger.chart c ON c.kind = a.kind
                    WHERE a.id IN (p_debit, p_credit) AND c.nature = 'own') THEN
        RAISE EXCEPTION 'points never change owner: % to %', p_debit, p_credit USING ERRCODE = 'LG011';
    END IF;
END $$;

CREATE FUNCTION ledger.lock_of_period(p_currency text) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT hashtextextended('ledger.period ' || p_currency, 0)
$$;

-- Whoever dates a posting back waits for a closing under way, and keeps the next one waiting.
CREATE FUNCTION ledger.refuse_closed(p_legs jsonb, p_holds bigint[], p_effective timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched text;
BEGIN
    FOR touched IN
        SELECT l.currency FROM jsonb_to_recordset(p_legs) AS l (currency text) WHERE l.currency IS NOT NULL
        UNION
        SELECT t.currency FROM ledger.transfer t WHERE t.id = ANY (p_holds)
        ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock_shared(ledger.lock_of_period(touched));
        IF EXISTS (SELECT FROM ledger.period p WHERE p.currency = touched AND p.closed_until > p_effective) THEN
            RAISE EXCEPTION '% is closed at %', touched, p_effective USING ERRCODE = 'LG010';
        END IF;
    END LOOP;
END $$;

-- A customer's money passes a position of currencies only as it was quoted: by its owner, in time, to the last unit.
-- The platform's own trades, between its banks and positions, are its own risk.
CREATE FUNCTION ledger.refuse_unquoted(p_journal bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moved  text[];      -- every leg through a position, in words that are compared as a whole
    quoted text[];
BEGIN
    SELECT array_agg(concat_ws(' ', t.kind, t.currency, CASE WHEN p.id = t.credit_id THEN 'from' ELSE 'to' END,
                               CASE WHEN c.nature = 'own' THEN a.kind ELSE a.owner END, t.amount) ORDER BY t.id)
      INTO moved
      FROM ledger.transfer t
      JOIN ledger.account p ON p.kind = 'fx_position' AND p.id IN (t.debit_id, t.credit_id)
      JOIN ledger.account a ON a.id = CASE WHEN p.id = t.credit_id THEN t.debit_id ELSE t.credit_id END
      JOIN ledger.chart c ON c.kind = a.kind
     WHERE t.journal_id = p_journal
    HAVING bool_or(c.nature IN ('owed', 'due'));
    IF moved IS NULL THEN
        RETURN;         -- nobody's money but ours
    END IF;
    SELECT ARRAY[concat_ws(' ', 'P', q.sell, 'from', q.owner, q.sell_minor),
                 concat_ws(' ', 'P', q.buy, 'to', q.owner, q.buy_minor)]
           || CASE q.rounding_minor WHEN 1 THEN ARRAY[concat_ws(' ', 'P', q.buy, 'to', 'rounding', 1)] ELSE '{}' END
      INTO quoted
      FROM ledger.journal j JOIN ledger.fx_quote q ON q.public_id = j.source
     WHERE j.id = p_journal AND j.purpose = 'fx.exchanged' AND q.expires_at > clock_timestamp();
    IF moved IS DISTINCT FROM quoted THEN
        RAISE EXCEPTION 'this exchange is not as quoted' USING ERRCODE = 'LG012';
    END IF;
END $$;

-- Write one fact: 1 to 500 legs that succeed or fail together.  Returns the journal's id; ``replayed`` says that
-- it was there already, from the same key and the same request.
--
-- ``p_legs`` is a JSON array of {kind, debit, credit, currency, amount, hold, expires_at, reverses, code}.
-- C and R legs name their hold, and accounts and currency are the hold's; without an amount they take all that is left.
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
    old        record;
    leg        record;
    effect     record;
    l_id       bigint;
    l_left     record;
    l_holds    bigint[];
    l_accounts bigint[];
    unguarded  boolean := false;
    exchanged  boolean := false;
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
    IF p_effective < clock_timestamp() - interval '1 hour' THEN     -- nothing younger is ever closed
        PERFORM ledger.refuse_closed(p_legs, l_holds, p_effective);
    END IF;
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
        IF leg.currency = 'PTS' THEN
            PERFORM ledger.refuse_points(leg.debit, leg.credit);
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
        SELECT a.id, a.guarded, a.kind = 'fx_position' AS exchanges,
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
        exchanged := exchanged OR effect.exchanges;
    END LOOP;
    IF unguarded THEN
        PERFORM ledger.refuse_blocked(journal_id, p_reason);        -- only now are these rows locked, too
    END IF;
    IF exchanged THEN
        PERFORM ledger.refuse_unquoted(journal_id);
    END IF;
END $$;

-- Close everything before a moment, an hour ago at the latest.  Waits for postings that are dated back and not
-- committed yet; later ones find it closed.  Safe to call again.
CREATE FUNCTION ledger.close_period(p_currency text, p_until timestamptz, p_actor text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    closed bigint;
BEGIN
    PERFORM ledger.assert_read_committed();
    PERFORM pg_advisory_xact_lock(ledger.lock_of_period(p_currency));
    IF EXISTS (SELECT FROM ledger.period p WHERE p.currency = p_currency AND p.closed_until > p_until) THEN
        RAISE EXCEPTION '% is closed beyond % already', p_currency, p_until USING ERRCODE = 'LG010';
    END IF;
    INSERT INTO ledger.period (currency, closed_until, actor) VALUES (p_currency, p_until, p_actor)
    ON CONFLICT ON CONSTRAINT period_once DO NOTHING RETURNING id INTO closed;
    IF closed IS NULL THEN
        SELECT p.id INTO closed FROM ledger.period p WHERE p.currency = p_currency AND p.closed_until = p_until;
    END IF;
    RETURN closed;
END $$;

-- Promise an amount: exact arithmetic, rounded down for whom it is promised to.  What rounding to the nearest would
-- have added, nothing or one minor unit, goes to the account of rounding.  Raises LG007 when nothing would be left.
CREATE FUNCTION ledger.quote_exchange(
    p_public_id text, p_owner text, p_sell text, p_sell_minor bigint, p_buy text, p_rate numeric, p_rate_source text,
    p_seconds integer
) RETURNS ledger.fx_quote
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    quote ledger.fx_quote;
    exact numeric;
    moment timestamptz := clock_timestamp();
BEGIN
    SELECT p_sell_minor * p_rate::numeric(20,10) * (10::numeric ^ (b.exponent - s.exponent)) INTO exact
      FROM ledger.currency s, ledger.currency b
     WHERE s.code = p_sell AND b.code = p_buy AND s.is_money AND b.is_money;
    IF coalesce(floor(exact), 0) < 1 THEN
        RAISE EXCEPTION '% of % is nothing in %', p_sell_minor, p_sell, p_buy USING ERRCODE = 'LG007';
    END IF;
    INSERT INTO ledger.fx_quote (public_id, owner, sell, buy, sell_minor, buy_minor, rounding_minor, rate, rate_source,
                                 quoted_at, expires_at)
    VALUES (p_public_id, p_owner, p_sell, p_buy, p_sell_minor, floor(exact), round(exact) - floor(exact),
            p_rate, p_rate_source, moment, moment + make_interval(secs => p_seconds))
    RETURNING * INTO quote;
    RETURN quote;
END $$;
