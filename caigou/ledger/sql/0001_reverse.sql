-- Taking the ledger away is for empty books only: what was written stays.
DO $$
BEGIN
    IF EXISTS (SELECT FROM ledger.journal) THEN
        RAISE EXCEPTION 'the ledger has journals; it is never taken away' USING ERRCODE = 'LG009';
    END IF;
END $$;
DROP SCHEMA ledger CASCADE;
