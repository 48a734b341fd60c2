-- The auditor: every row it returns is a broken promise.  docs/ledger.md says how to read each one.
--
-- It counts from the transfers alone and shares no line with ledger.post(), so that a fault there can't hide here.
-- It is one statement, hence one snapshot: it may run while others post.

CREATE FUNCTION ledger.audit() RETURNS TABLE (check_name text, subject text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH entry AS (          -- each transfer twice: once for the account it debits, once for the one it credits
        SELECT t.debit_id AS account_id, t.kind, t.amount AS debit, 0::bigint AS credit FROM ledger.transfer t
        UNION ALL
        SELECT t.credit_id, t.kind, 0, t.amount FROM ledger.transfer t
    ),
    counted AS (
        SELECT account_id,
               coalesce(sum(debit)  FILTER (WHERE kind IN ('P', 'C')), 0) AS debits_posted,
               coalesce(sum(credit) FILTER (WHERE kind IN ('P', 'C')), 0) AS credits_posted,
               coalesce(sum(debit)  FILTER (WHERE kind = 'H'), 0)
             - coalesce(sum(debit)  FILTER (WHERE kind IN ('C', 'R')), 0) AS debits_pending,
               coalesce(sum(credit) FILTER (WHERE kind = 'H'), 0)
             - coalesce(sum(credit) FILTER (WHERE kind IN ('C', 'R')), 0) AS credits_pending
          FROM entry GROUP BY account_id
    ),
    kept AS (
        SELECT b.account_id, count(*) AS shards, count(DISTINCT b.status) AS statuses,
               sum(b.debits_posted) AS debits_posted, sum(b.credits_posted) AS credits_posted,
               sum(b.debits_pending) AS debits_pending, sum(b.credits_pending) AS credits_pending
          FROM ledger.balance b GROUP BY b.account_id
    ),
    taken AS (               -- what captures and releases took from each hold
        SELECT t.hold_id,
               coalesce(sum(t.amount) FILTER (WHERE t.kind = 'C'), 0) AS captured,
               coalesce(sum(t.amount) FILTER (WHERE t.kind = 'R'), 0) AS released
          FROM ledger.transfer t WHERE t.hold_id IS NOT NULL GROUP BY t.hold_id
    )
    SELECT 'balance_is_its_transfers', 'account ' || a.id,
           format('kept D %s C %s, held D %s C %s; counted D %s C %s, held D %s C %s',
                  k.debits_posted, k.credits_posted, k.debits_pending, k.credits_pending,
                  coalesce(c.debits_posted, 0), coalesce(c.credits_posted, 0),
                  coalesce(c.debits_pending, 0), coalesce(c.credits_pending, 0))
      FROM ledger.account a
      LEFT JOIN kept k ON k.account_id = a.id
      LEFT JOIN counted c ON c.account_id = a.id
     WHERE (k.debits_posted, k.credits_posted, k.debits_pending, k.credits_pending)
           IS DISTINCT FROM (coalesce(c.debits_posted, 0), coalesce(c.credits_posted, 0),
                             coalesce(c.debits_pending, 0), coalesce(c.credits_pending, 0))
    UNION ALL
    SELECT 'currency_sums_to_zero', a.currency,
           format('posted %s, held %s', sum(k.debits_posted - k.credits_posted), sum(k.debits_pending - k.credits_pending))
      FROM kept k JOIN ledger.account a ON a.id = k.account_id
     GROUP BY a.currency
    HAVING sum(k.debits_posted - k.credits_posted) <> 0 OR sum(k.debits_pending - k.credits_pending) <> 0
    UNION ALL
    SELECT 'no_overdraft', 'account ' || b.account_id,
           format('D %s C %s, held D %s C %s', b.debits_posted, b.credits_posted, b.debits_pending, b.credits_pending)
      FROM ledger.balance b JOIN ledger.account a ON a.id = b.account_id
     WHERE a.guarded
       AND CASE a.side WHEN 'C' THEN b.credits_posted - b.debits_posted - b.debits_pending
                       ELSE b.debits_posted - b.credits_posted - b.credits_pending END < 0
    UNION ALL
    SELECT 'account_as_charted', 'account ' || a.id,
           format('%s balance rows of %s, %s statuses', coalesce(k.shards, 0), a.shards, coalesce(k.statuses, 0))
      FROM ledger.account a
      JOIN ledger.chart c ON c.kind = a.kind
      LEFT JOIN kept k ON k.account_id = a.id
     WHERE k.shards IS DISTINCT FROM a.shards::bigint OR k.statuses IS DISTINCT FROM 1
        OR (a.side, a.guarded) <> (c.side, c.guarded)
        OR EXISTS (SELECT FROM ledger.balance b
                    WHERE b.account_id = a.id AND (b.side, b.guarded) <> (a.side, a.guarded))
    UNION ALL
    SELECT 'hold_is_its_transfers', 'hold ' || coalesce(h.transfer_id, t.id),
           format('%s held, %s captured, %s released; counted %s, %s, %s', h.amount, h.captured, h.released,
                  t.amount, coalesce(n.captured, 0), coalesce(n.released, 0))
      FROM ledger.hold h
      FULL JOIN (SELECT id, amount FROM ledger.transfer WHERE kind = 'H') t ON t.id = h.transfer_id
      LEFT JOIN taken n ON n.hold_id = coalesce(h.transfer_id, t.id)
     WHERE (h.amount, h.captured, h.released)
           IS DISTINCT FROM (t.amount, coalesce(n.captured, 0)::bigint, coalesce(n.released, 0)::bigint)
        OR h.captured + h.released > h.amount
    UNION ALL
    SELECT 'hold_goes_where_it_was_held', 'transfer ' || t.id, format('of hold %s', t.hold_id)
      FROM ledger.transfer t LEFT JOIN ledger.transfer h ON h.id = t.hold_id AND h.kind = 'H'
     WHERE t.kind IN ('C', 'R')
       AND (h.debit_id, h.credit_id, h.currency) IS DISTINCT FROM (t.debit_id, t.credit_id, t.currency)
    UNION ALL
    SELECT 'one_currency', 'transfer ' || t.id, format('%s from %s to %s', t.currency, d.currency, c.currency)
      FROM ledger.transfer t
      LEFT JOIN ledger.account d ON d.id = t.debit_id
      LEFT JOIN ledger.account c ON c.id = t.credit_id
     WHERE (d.currency, c.currency) IS DISTINCT FROM (t.currency, t.currency)
    UNION ALL
    SELECT 'positive_between_two', 'transfer ' || t.id, format('%s from %s to %s', t.amount, t.debit_id, t.credit_id)
      FROM ledger.transfer t WHERE t.amount <= 0 OR t.debit_id = t.credit_id
    UNION ALL
    SELECT 'reversal_is_its_mirror', 'transfer ' || t.id, format('reverses %s', t.reverses_id)
      FROM ledger.transfer t LEFT JOIN ledger.transfer o ON o.id = t.reverses_id
     WHERE t.reverses_id IS NOT NULL
       AND (o.kind, o.debit_id, o.credit_id, o.currency, o.amount)
           IS DISTINCT FROM ('P'::"char", t.credit_id, t.debit_id, t.currency, t.amount)
    UNION ALL
    SELECT 'journal_has_transfers', 'journal ' || j.id, format('%s of %s', j.purpose, j.source)
      FROM ledger.journal j WHERE NOT EXISTS (SELECT FROM ledger.transfer t WHERE t.journal_id = j.id)
    UNION ALL
    SELECT 'transfer_has_journal', 'transfer ' || t.id, format('journal %s', t.journal_id)
      FROM ledger.transfer t WHERE NOT EXISTS (SELECT FROM ledger.journal j WHERE j.id = t.journal_id)
    UNION ALL
    SELECT 'fact_posted_once', format('%s of %s', j.purpose, j.source), format('journals %s', array_agg(j.id))
      FROM ledger.journal j GROUP BY j.purpose, j.source HAVING count(*) > 1
    UNION ALL                -- the guards themselves
    SELECT 'guard_is_on', format('%s on %s', g.tgname, g.tgrelid::regclass), format('state %s', g.tgenabled)
      FROM pg_trigger g JOIN pg_class r ON r.oid = g.tgrelid
     WHERE r.relnamespace = 'ledger'::regnamespace AND g.tgenabled <> 'O'
    UNION ALL
    SELECT 'guard_is_on', c.relname::text, 'has no trigger against change and emptying'
      FROM pg_class c
     WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind = 'r'
       AND 2 <> (SELECT count(*) FROM pg_trigger g
                  WHERE g.tgrelid = c.oid AND g.tgname IN ('never_changed', 'never_emptied'))
    UNION ALL
    SELECT 'nobody_writes_but_the_owner', format('%s on %s', p.privilege_type, c.relname),
           CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE p.grantee::regrole::text END
      FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) p
     WHERE c.relnamespace = 'ledger'::regnamespace
       AND p.grantee <> c.relowner AND (p.privilege_type <> 'SELECT' OR p.grantee = 0)
$$;
