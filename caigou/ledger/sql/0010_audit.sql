-- What the auditor asks since periods, points and exchanges have rules; read together with ledger.audit(), in one
-- statement.  It shares no line with what refuses them.

CREATE FUNCTION ledger.audit_rules() RETURNS TABLE (check_name text, subject text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH leg AS (
        SELECT t.id, t.journal_id, t.kind, t.currency, t.amount, d.kind AS debit, d.owner AS debit_owner,
               c.kind AS credit, c.owner AS credit_owner, dc.nature AS debit_nature, cc.nature AS credit_nature
          FROM ledger.transfer t
          JOIN ledger.account d ON d.id = t.debit_id JOIN ledger.chart dc ON dc.kind = d.kind
          JOIN ledger.account c ON c.id = t.credit_id JOIN ledger.chart cc ON cc.kind = c.kind
    ),
    exchanged AS (           -- what went between customers and positions, by journal
        SELECT l.journal_id,
               sum(CASE WHEN l.credit = 'fx_position' THEN l.amount ELSE 0 END) AS taken,
               sum(CASE WHEN l.debit = 'fx_position' THEN l.amount ELSE 0 END) AS given,
               string_agg(DISTINCT CASE WHEN l.credit = 'fx_position' THEN l.currency END, ',') AS sold,
               string_agg(DISTINCT CASE WHEN l.debit = 'fx_position' THEN l.currency END, ',') AS bought,
               string_agg(DISTINCT CASE WHEN l.credit = 'fx_position' THEN l.debit_owner ELSE l.credit_owner END, ',') AS owner
          FROM leg l
         WHERE (l.credit = 'fx_position' AND l.debit_nature IN ('owed', 'due'))
            OR (l.debit = 'fx_position' AND l.credit_nature IN ('owed', 'due'))
         GROUP BY l.journal_id
    )
    SELECT 'points_keep_their_owner', 'transfer ' || l.id, format('%s from %s to %s', l.currency, l.debit, l.credit)
      FROM leg l JOIN ledger.currency u ON u.code = l.currency
     WHERE NOT u.is_money AND 'own' NOT IN (l.debit_nature, l.credit_nature)
    UNION ALL
    SELECT 'points_keep_their_owner', 'account ' || a.id, format('%s in %s', a.kind, a.currency)
      FROM ledger.account a JOIN ledger.chart c ON c.kind = a.kind JOIN ledger.currency u ON u.code = a.currency
     WHERE u.is_money <> c.is_money
    UNION ALL
    SELECT 'closed_is_closed', 'journal ' || j.id, format('dated %s, %s was closed until %s', j.effective_at, p.currency, p.closed_until)
      FROM ledger.period p
      JOIN ledger.journal j ON j.effective_at < p.closed_until AND j.recorded_at > p.recorded_at
     WHERE EXISTS (SELECT FROM ledger.transfer t WHERE t.journal_id = j.id AND t.currency = p.currency)
    UNION ALL
    SELECT 'exchange_is_as_quoted', 'journal ' || j.id, format('%s of %s', j.purpose, j.source)
      FROM exchanged e
      JOIN ledger.journal j ON j.id = e.journal_id
      LEFT JOIN ledger.fx_quote q ON q.public_id = j.source AND j.purpose = 'fx.exchanged'
     WHERE (e.owner, e.sold, e.taken, e.bought, e.given)
           IS DISTINCT FROM (q.owner, q.sell, q.sell_minor::numeric, q.buy, q.buy_minor::numeric)
        OR j.recorded_at >= q.expires_at
$$;
