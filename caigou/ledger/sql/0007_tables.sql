-- Closed periods, quotes of exchange, and seals: written once each, like all of the ledger.

-- Nothing is posted into what is closed.  Closing looks an hour back at least, so that a posting dated now never has
-- to ask; an older one asks under the lock that closing takes (ledger.post, step 1).
CREATE TABLE ledger.period (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    currency     text        NOT NULL REFERENCES ledger.currency,
    closed_until timestamptz NOT NULL,                              -- what happened before this moment
    actor        text        NOT NULL CHECK (length(actor) BETWEEN 1 AND 100),
    recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT period_once UNIQUE (currency, closed_until),
    CONSTRAINT period_is_past CHECK (closed_until <= recorded_at - interval '1 hour')
);

-- What somebody was promised for their money.  The amounts are computed by ledger.quote_exchange() alone, exactly, and
-- never again: an exchange posts what stands here, or nothing.
CREATE TABLE ledger.fx_quote (
    id             bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id      text           NOT NULL UNIQUE CHECK (length(public_id) BETWEEN 3 AND 100),
    owner          text           NOT NULL CHECK (length(owner) BETWEEN 1 AND 100),
    sell           text           NOT NULL REFERENCES ledger.currency,
    buy            text           NOT NULL REFERENCES ledger.currency,
    sell_minor     bigint         NOT NULL CHECK (sell_minor BETWEEN 1 AND 1000000000000000),
    buy_minor      bigint         NOT NULL CHECK (buy_minor BETWEEN 1 AND 1000000000000000),   -- rounded down
    rounding_minor bigint         NOT NULL CHECK (rounding_minor IN (0, 1)),    -- what rounding to the nearest adds
    rate           numeric(20,10) NOT NULL CHECK (rate > 0),                    -- whole units of buy for one of sell
    rate_source    text           NOT NULL CHECK (length(rate_source) BETWEEN 1 AND 200),
    quoted_at      timestamptz    NOT NULL DEFAULT clock_timestamp(),
    expires_at     timestamptz    NOT NULL,
    CONSTRAINT fx_quote_of_two CHECK (sell <> buy),
    CONSTRAINT fx_quote_is_short CHECK (expires_at > quoted_at AND expires_at <= quoted_at + interval '1 day')
);

-- One block of the chain: which journals, the hash of what they say, and the hash of the block before.
CREATE TABLE ledger.seal (
    id          bigint      PRIMARY KEY CHECK (id > 0),
    journals    bigint[]    NOT NULL CHECK (cardinality(journals) > 0),      -- ascending
    newest      bigint      NOT NULL,
    root        bytea       NOT NULL CHECK (octet_length(root) = 32),
    previous    bytea       NOT NULL CHECK (octet_length(previous) = 32),
    hash        bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    sealed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT seal_newest CHECK (newest = journals[cardinality(journals)])
);
CREATE INDEX seal_by_newest ON ledger.seal (newest);

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.period
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.fx_quote
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON ledger.seal
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.period EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.fx_quote EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger.seal EXECUTE FUNCTION ledger.refuse_change();
