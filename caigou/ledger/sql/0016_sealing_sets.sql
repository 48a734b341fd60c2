-- Sealing asks once for a block, not once for a journal: sealing a thousand took a second of the processor, in which
-- everybody who paid waited.  What is hashed is the same, byte by byte.

DROP FUNCTION ledger.canonical(bigint);

-- What journals say, each in one spelling for ever: the bytes that are hashed.
CREATE FUNCTION ledger.canonical(p_journals bigint[]) RETURNS TABLE (journal_id bigint, said text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.id,
           json_build_array(
               j.id, j.scope, j.key, encode(j.request_hash, 'hex'), j.purpose, j.source,
               to_char(j.effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
               to_char(j.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), j.actor, j.reason, l.legs)::text
      FROM ledger.journal j
      LEFT JOIN (SELECT t.journal_id,
                        json_agg(json_build_array(t.id, t.kind::text, t.debit_id, d.kind, d.owner, t.credit_id, c.kind, c.owner,
                                                  t.currency, t.amount, t.hold_id, t.reverses_id, t.code) ORDER BY t.id) AS legs
                   FROM ledger.transfer t
                   LEFT JOIN ledger.account d ON d.id = t.debit_id
                   LEFT JOIN ledger.account c ON c.id = t.credit_id
                  WHERE t.journal_id = ANY (p_journals)
                  GROUP BY t.journal_id) l ON l.journal_id = j.id
     WHERE j.id = ANY (p_journals)
$$;
REVOKE ALL ON FUNCTION ledger.canonical(bigint[]) FROM PUBLIC;

-- The root of a block: the hash of its journals' hashes in their order; a journal that is gone hashes to nothing.
CREATE OR REPLACE FUNCTION ledger.root_of(p_journals bigint[]) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(string_agg(coalesce(sha256(convert_to(s.said, 'UTF8')), '\x00'), ''::bytea ORDER BY place))
      FROM unnest(p_journals) WITH ORDINALITY AS listed (n, place)
      LEFT JOIN ledger.canonical(p_journals) s ON s.journal_id = listed.n
$$;

-- Seal what is not sealed yet, ``p_most`` journals at most; returns how many.  ``p_look_back`` NULL looks at all.
CREATE OR REPLACE FUNCTION ledger.seal_journals(p_most integer DEFAULT 2000, p_look_back bigint DEFAULT 100000) RETURNS integer
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
    -- Two lists taken from each other: a join that believes one of them to be short reads it anew for each journal.
    found_ := ARRAY(
        SELECT j.id FROM ledger.journal j WHERE j.id > floor_
        EXCEPT
        SELECT n FROM ledger.seal s CROSS JOIN LATERAL unnest(s.journals) AS n WHERE s.newest > floor_
        ORDER BY 1 LIMIT p_most);
    IF cardinality(found_) = 0 THEN
        RETURN 0;
    END IF;
    l_root := ledger.root_of(found_);
    INSERT INTO ledger.seal (id, journals, newest, root, previous, hash)
    SELECT n.id, found_, found_[cardinality(found_)], l_root, n.previous, ledger.hash_of(n.id, found_, l_root, n.previous)
      FROM (SELECT coalesce(last.id, 0) + 1 AS id, coalesce(last.hash, decode(repeat('00', 32), 'hex')) AS previous) n;
    RETURN cardinality(found_);
END $$;
