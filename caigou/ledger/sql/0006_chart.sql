-- The chart grows, and says of each kind whose money it stands for.
--
--   owed  to customers: what safeguarding adds up            held  at banks and gateways: what must cover it
--   due   from customers: their debts, never a negative wallet     own   the platform's
--
-- The values come by ALTER … USING, since the chart's guard lets nobody UPDATE it, us included.
ALTER TABLE ledger.chart ADD COLUMN nature text NOT NULL DEFAULT '';
ALTER TABLE ledger.chart
    ALTER COLUMN nature DROP DEFAULT,
    ALTER COLUMN nature TYPE text USING CASE kind WHEN 'gateway_clearing' THEN 'held' WHEN 'rounding' THEN 'own' ELSE 'owed' END,
    ADD CONSTRAINT chart_nature CHECK (nature IN ('owed', 'held', 'due', 'own')),
    -- Points are the platform's promise and no money (A16): kinds of their own, which open in no other currency.
    ADD COLUMN is_money boolean NOT NULL DEFAULT true;

INSERT INTO ledger.chart (kind, side, guarded, shards, nature, is_money) VALUES
    ('agent_payable',        'C', true,   1, 'owed', true),
    ('logistics_payable',    'C', true,   1, 'owed', true),
    ('promoter_payable',     'C', true,   1, 'owed', true),
    ('suspense',             'C', true,   1, 'owed', true),     -- arrived, and nobody knows yet for whom
    ('unclaimed',            'C', true,   1, 'owed', true),
    ('receivable',           'D', true,   1, 'due',  true),     -- guarded: no more is paid back than is owed
    ('bank',                 'D', false, 16, 'held', true),
    ('fee_revenue',          'C', false, 16, 'own',  true),
    ('charges',              'D', false, 16, 'own',  true),
    ('fx_position',          'C', false, 16, 'own',  true),
    ('compensation_reserve', 'C', true,   1, 'own',  true),
    ('own_funds',            'C', false,  1, 'own',  true),
    ('points',               'C', true,   1, 'owed', false),
    ('points_issued',        'D', false, 16, 'own',  false);

-- Get or open the account of an owner.  Safe to call again, also by two at once.
CREATE OR REPLACE FUNCTION ledger.open_account(p_kind text, p_owner text, p_currency text) RETURNS bigint
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
    SELECT c.kind, p_owner, u.code, c.side, c.guarded, c.shards
      FROM ledger.chart c JOIN ledger.currency u ON u.code = p_currency AND u.is_money = c.is_money
     WHERE c.kind = p_kind
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
        RAISE EXCEPTION 'the chart has no account of kind % in %', p_kind, p_currency USING ERRCODE = 'LG001';
    END IF;
    RETURN opened.id;
END $$;
