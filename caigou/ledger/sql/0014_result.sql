-- What exchanges brought the platform, or cost it: booked when its own trade at a bank covers them.
INSERT INTO ledger.chart (kind, side, guarded, shards, nature, is_money) VALUES
    ('fx_result', 'C', false, 1, 'own', true);
