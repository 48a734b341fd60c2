-- Nearly no transfer reverses another: an index of those that do is enough for the third net.
ALTER TABLE ledger.transfer DROP CONSTRAINT transfer_reversed_once;
CREATE UNIQUE INDEX transfer_reversed_once ON ledger.transfer (reverses_id) WHERE reverses_id IS NOT NULL;
