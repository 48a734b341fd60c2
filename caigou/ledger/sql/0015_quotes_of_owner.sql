-- A company's pages ask for its own quotes; others' are many more.
CREATE INDEX IF NOT EXISTS fx_quote_of_owner ON ledger.fx_quote (owner, id);
