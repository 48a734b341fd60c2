-- The chain: what was written can't be rewritten unseen, by whoever owns the server either, because the newest hash is
-- kept outside (ledger/anchor.py).
--
-- One sealer at a time, and no horizon to get wrong: a block names its journals.  A journal that commits late, though
-- its number is lower, is in a later block.  The sealer looks back over LOOK_BACK numbers; what was in flight for
-- longer than that is found by the daily pass, which looks at all.

-- What a journal says, in one spelling for ever: the bytes that are hashed.
CREATE FUNCTION ledger.canonical(p_journal bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_array(
               j.id, j.scope, j.key, encode(j.request_hash, 'hex'), j.purpose, j.source,
               to_char(j.effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
               to_char(j.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), j.actor, j.reason,
               (SELECT json_agg(json_build_array(t.id, t.kind::text, t.debit_id, d.kind, d.owner, t.credit_id, c.kind, c.owner,
                                                 t.currency, t.amount, t.hold_id, t.reverses_id, t.code) ORDER BY t.id)
                  FROM ledger.transfer t
                  LEFT JOIN ledger.account d ON d.id = t.debit_id
                  LEFT JOIN ledger.account c ON c.id = t.credit_id
                 WHERE t.journal_id = j.id))::text
      FROM ledger.journal j WHERE j.id = p_journal
$$;

-- The root of a block: the hash of its journals' hashes in their order; a journal that is gone hashes to nothing.
CREATE FUNCTION ledger.root_of(p_journals bigint[]) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(string_agg(coalesce(sha256(convert_to(ledger.canonical(n), 'UTF8')), '\x00'), ''::bytea ORDER BY place))
      FROM unnest(p_journals) WITH ORDINALITY AS listed (n, place)
$$;

CREATE FUNCTION ledger.hash_of(p_id bigint, p_journals bigint[], p_root bytea, p_previous bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(p_previous || convert_to(json_build_array(p_id, p_journals, encode(p_root, 'hex'))::text, 'UTF8'))
$$;

-- Seal what is not sealed yet, ``p_most`` journals at most; returns how many.  ``p_look_back`` NULL looks at all.
CREATE FUNCTION ledger.seal_journals(p_most integer DEFAULT 2000, p_look_back bigint DEFAULT 100000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last   record;
    floor_ bigint := 0;
    found_ bigint[];
    l_root bytea;
BEGIN
    PERFORM ledger.assert_read_committed();
    IF NOT pg_try_advisory_xact_lock(hashtextextended('ledger.seal', 0)) THEN
        RETURN 0;       -- somebody else seals
    END IF;
    SELECT s.id, s.hash, s.newest INTO last
      FROM ledger.seal s ORDER BY s.id DESC LIMIT 1;
    IF p_look_back IS NOT NULL THEN
        floor_ := coalesce(last.newest, 0) - p_look_back;
    END IF;
    found_ := ARRAY(
        SELECT j.id FROM ledger.journal j
         WHERE j.id > floor_
           AND NOT EXISTS (SELECT FROM ledger.seal s CROSS JOIN LATERAL unnest(s.journals) AS n
                            WHERE s.newest > floor_ AND n = j.id)
         ORDER BY j.id LIMIT p_most);
    IF cardinality(found_) = 0 THEN
        RETURN 0;
    END IF;
    l_root := ledger.root_of(found_);
    INSERT INTO ledger.seal (id, journals, newest, root, previous, hash)
    SELECT n.id, found_, found_[cardinality(found_)], l_root, n.previous, ledger.hash_of(n.id, found_, l_root, n.previous)
      FROM (SELECT coalesce(last.id, 0) + 1 AS id, coalesce(last.hash, decode(repeat('00', 32), 'hex')) AS previous) n;
    RETURN cardinality(found_);
END $$;

-- Every row it returns is a broken promise; it hashes all journals anew.
CREATE FUNCTION ledger.verify_chain() RETURNS TABLE (check_name text, subject text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'chain_is_unbroken', 'seal ' || s.id,
           CASE WHEN s.root <> r.root THEN 'its journals say something else'
                WHEN s.previous <> r.previous THEN 'it does not follow the one before'
                ELSE 'its hash is another' END
      FROM ledger.seal s
      LEFT JOIN ledger.seal p ON p.id = s.id - 1
     CROSS JOIN LATERAL (
               SELECT ledger.root_of(s.journals) AS root, coalesce(p.hash, decode(repeat('00', 32), 'hex')) AS previous
           ) r
     WHERE (s.root, s.previous, s.hash)
           IS DISTINCT FROM (r.root, r.previous, ledger.hash_of(s.id, s.journals, s.root, s.previous))
    UNION ALL
    SELECT 'journal_is_sealed_once', 'journal ' || n, format('in %s blocks', count(*))
      FROM ledger.seal s CROSS JOIN LATERAL unnest(s.journals) AS n GROUP BY n HAVING count(*) > 1
    UNION ALL
    SELECT 'journal_is_sealed_once', 'journal ' || j.id, 'not sealed though an hour old'
      FROM ledger.journal j
      LEFT JOIN (SELECT unnest(s.journals) AS n FROM ledger.seal s) sealed ON sealed.n = j.id
     WHERE sealed.n IS NULL AND j.recorded_at < clock_timestamp() - interval '1 hour'
$$;
