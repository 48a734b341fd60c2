-- ledger.post(), the only way in, and what it calls.  This file says what holds today: a fresh database reads it when it
-- makes the tables, and whenever it changes, a new migration reads it again.
--
-- These functions run as the ledger's owner; the application's role may call post() and read.
--
-- Errors have codes of our own, so that nobody has to read a sentence to know what happened (errors.py maps them):
--   LG001 unknown account          LG002 account blocked           LG003 same key, other request
--   LG004 this fact is posted      LG005 hold spent or unknown     LG006 wrong isolation level
--   LG007 malformed request        LG008 account not empty         LG009 change of what is written
--   LG010 the period is closed     LG011 points change owner       LG012 not what was quoted
-- and three constraints speak for themselves: no_overdraft, hold_not_overspent, transfer_reversed_once.
--
-- Lock order, everywhere: guarded balance rows by id, then holds by id, then unguarded balance rows by id.

CREATE OR REPLACE FUNCTION ledger.assert_read_committed() RETURNS void
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
CREATE OR REPLACE FUNCTION ledger.is_blocked(status text, kind "char", takes boolean, reason text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN status = 'open'   THEN false
        WHEN status = 'closed' THEN true
        WHEN kind = 'R'        THEN false
        WHEN kind = 'H'        THEN takes OR status = 'frozen'
        ELSE takes AND reason IS NULL
    END
$$;

CREATE OR REPLACE FUNCTION ledger.refuse_blocked(p_journal bigint, p_reason text) RETURNS void
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

-- Points are no money (A16): one side of each of their transfers is the platform's.
CREATE OR REPLACE FUNCTION ledger.refuse_points(p_debit bigint, p_credit bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger.account a JOIN ledger.chart c ON c.kind = a.kind
                    WHERE a.id IN (p_debit, p_credit) AND c.nature = 'own') THEN
        RAISE EXCEPTION 'points never change owner: % to %', p_debit, p_credit USING ERRCODE = 'LG011';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger.lock_of_period(p_currency text) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT hashtextextended('ledger.period ' || p_currency, 0)
$$;

-- Whoever dates a posting back waits for a closing under way, and keeps the next one waiting.
CREATE OR REPLACE FUNCTION ledger.refuse_closed(p_legs jsonb, p_holds bigint[], p_effective timestamptz) RETURNS void
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
CREATE OR REPLACE FUNCTION ledger.refuse_unquoted(p_journal bigint) RETURNS void
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

-- Lock what a journal that takes from holds will change: its guarded balances by id, then the holds by id.  Arrays,
-- since no plan for them ever scans a table.
CREATE OR REPLACE FUNCTION ledger.lock_for_holds(p_legs jsonb) RETURNS bigint[]
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
    old       record;
    leg       record;
    pair      record;
    l_legs    integer;
    l_id      bigint;
    l_left    record;
    l_status  text;
    l_holds   bigint[] := '{}';
    exchanged boolean := false;
    -- What each balance row gets, and in which order they are taken.
    l_posted  bigint;
    l_pending bigint;
    l_accounts    bigint[];
    l_shards      integer[];
    l_debited     bigint[];
    l_credited    bigint[];
    l_debit_held  bigint[];
    l_credit_held bigint[];
    l_turns       integer[];
    n             integer;
BEGIN
    -- Each step below must see what others committed while it waited for a lock.  An older snapshot would not.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM ledger.assert_read_committed();
    END IF;
    l_legs := CASE jsonb_typeof(p_legs) WHEN 'array' THEN jsonb_array_length(p_legs) ELSE 0 END;
    IF l_legs NOT BETWEEN 1 AND 500 THEN
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

        SELECT (c.guarded, d.id) > (d.guarded, c.id) AS credit_first,
               ARRAY[pg_backend_pid() % d.shards, pg_backend_pid() % c.shards] AS shards,
               'fx_position' IN (d.kind, c.kind) AS exchanges
          INTO pair
          FROM ledger.account d, ledger.account c
         WHERE d.id = leg.debit AND c.id = leg.credit;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no account % or %', leg.debit, leg.credit USING ERRCODE = 'LG001';
        END IF;
        exchanged := exchanged OR pair.exchanges;

        INSERT INTO ledger.transfer (journal_id, kind, debit_id, credit_id, currency, amount, hold_id, reverses_id, code)
        VALUES (post.journal_id, leg.kind, leg.debit, leg.credit, leg.currency, leg.amount, leg.hold, leg.reverses, leg.code)
        RETURNING id INTO l_id;

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

        IF l_legs = 1 THEN      -- nearly always, and cheaper than adding up: debit and credit, each with what it gets
            l_posted      := CASE WHEN leg.kind IN ('P', 'C') THEN leg.amount ELSE 0 END;
            l_pending     := CASE leg.kind WHEN 'H' THEN leg.amount WHEN 'P' THEN 0 ELSE -leg.amount END;
            l_accounts    := ARRAY[leg.debit, leg.credit];
            l_shards      := CASE leg.kind WHEN 'P' THEN pair.shards ELSE '{0,0}' END;
            l_debited     := ARRAY[l_posted, 0];
            l_credited    := ARRAY[0, l_posted];
            l_debit_held  := ARRAY[l_pending, 0];
            l_credit_held := ARRAY[0, l_pending];
            l_turns       := CASE WHEN pair.credit_first THEN '{2,1}' ELSE '{1,2}' END;
        END IF;
    END LOOP;

    -- 4. The balances: one update a row, guarded ones first, the busy unguarded ones last and shortest.  A row that is
    --    not open is locked first, so that its status can't change any more: may they?
    --    Holds of a sharded account stay on its first row, so that a release finds what a hold added.
    IF l_legs > 1 THEN
        SELECT array_agg(s.id), array_agg(s.shard), array_agg(s.debited), array_agg(s.credited),
               array_agg(s.debit_held), array_agg(s.credit_held), array_agg(s.turn)
          INTO l_accounts, l_shards, l_debited, l_credited, l_debit_held, l_credit_held, l_turns
          FROM (SELECT a.id, row_number() OVER (ORDER BY a.guarded DESC, a.id) AS turn,
                       CASE WHEN a.shards = 1 OR bool_or(t.kind <> 'P') THEN 0 ELSE pg_backend_pid() % a.shards END AS shard,
                       sum(CASE WHEN a.id = t.debit_id  THEN d.posted  ELSE 0 END) AS debited,
                       sum(CASE WHEN a.id = t.credit_id THEN d.posted  ELSE 0 END) AS credited,
                       sum(CASE WHEN a.id = t.debit_id  THEN d.pending ELSE 0 END) AS debit_held,
                       sum(CASE WHEN a.id = t.credit_id THEN d.pending ELSE 0 END) AS credit_held
                  FROM ledger.transfer t
                 CROSS JOIN LATERAL (
                           SELECT CASE WHEN t.kind IN ('P', 'C') THEN t.amount ELSE 0 END AS posted,
                                  CASE t.kind WHEN 'H' THEN t.amount WHEN 'P' THEN 0 ELSE -t.amount END AS pending
                       ) d
                  JOIN ledger.account a ON a.id IN (t.debit_id, t.credit_id)
                 WHERE t.journal_id = post.journal_id
                 GROUP BY a.id
                 ORDER BY turn) s;
    END IF;
    FOREACH n IN ARRAY l_turns LOOP
        l_status := 'open';
        LOOP
            UPDATE ledger.balance b
               SET debits_posted   = b.debits_posted   + l_debited[n],
                   credits_posted  = b.credits_posted  + l_credited[n],
                   debits_pending  = b.debits_pending  + l_debit_held[n],
                   credits_pending = b.credits_pending + l_credit_held[n],
                   version         = b.version + 1
             WHERE b.account_id = l_accounts[n] AND b.shard = l_shards[n] AND b.status = l_status;
            EXIT WHEN FOUND;
            SELECT b.status INTO l_status
              FROM ledger.balance b
             WHERE b.account_id = l_accounts[n] AND b.shard = l_shards[n]
               FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'account % has no balance %', l_accounts[n], l_shards[n] USING ERRCODE = 'LG001';
            END IF;
            PERFORM ledger.refuse_blocked(journal_id, p_reason);
        END LOOP;
    END LOOP;
    IF exchanged THEN
        PERFORM ledger.refuse_unquoted(journal_id);
    END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;      -- a new one is open to everybody until somebody closes it
