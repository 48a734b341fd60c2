-- The ledger's tables.  What must never be false is a constraint with a name that says it.
--
-- A transfer has one debit, one credit, one positive amount and one currency, so an unbalanced posting has no
-- shape in which it could be written.  Amounts are whole minor units (fen, cents).  Rows are never changed:
-- a mistake is put right by a transfer the other way (``reverses_id``).
--
-- Everything is written with its schema, here and in the functions, so that no search_path can redirect it.

CREATE SCHEMA ledger;
COMMENT ON SCHEMA ledger IS 'Who owes whom, as transfers that are never changed. The only way in is ledger.post().';

CREATE TABLE ledger.currency (
    code      text     PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
    exponent  smallint NOT NULL CHECK (exponent BETWEEN 0 AND 4),   -- ISO 4217: JPY 0, CNY 2, KWD 3
    is_money  boolean  NOT NULL                                     -- false for points: never paid out, never owed
);

-- The chart: what kinds of account there are.  It stands in the database so that the application's role can't
-- open an unguarded wallet; chart.py gives the same kinds their labels, and a test holds the two together.
CREATE TABLE ledger.chart (
    kind     text     PRIMARY KEY CHECK (kind ~ '^[a-z_]{3,40}$'),
    side     "char"   NOT NULL CHECK (side IN ('D', 'C')),          -- the side on which it grows; C: we owe it
    guarded  boolean  NOT NULL,                                     -- may never have less than nothing available
    shards   smallint NOT NULL CHECK (shards BETWEEN 1 AND 64),     -- balance rows among which writers spread
    UNIQUE (kind, side, guarded),
    CONSTRAINT guarded_account_has_one_balance CHECK (NOT guarded OR shards = 1)
);
INSERT INTO ledger.chart (kind, side, guarded, shards) VALUES
    ('wallet',           'C', true,   1),
    ('escrow',           'C', true,   1),
    ('supplier_payable', 'C', true,   1),
    ('gateway_clearing', 'D', false, 16),
    ('rounding',         'C', false,  1);

CREATE TABLE ledger.account (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text        NOT NULL,
    owner      text        NOT NULL CHECK (length(owner) BETWEEN 1 AND 100),   -- opaque: a public id, a gateway's name
    currency   text        NOT NULL REFERENCES ledger.currency,
    side       "char"      NOT NULL,
    guarded    boolean     NOT NULL,
    shards     smallint    NOT NULL CHECK (shards BETWEEN 1 AND 64),
    opened_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT account_once_per_owner UNIQUE (kind, owner, currency),
    CONSTRAINT account_as_charted FOREIGN KEY (kind, side, guarded) REFERENCES ledger.chart (kind, side, guarded),
    CONSTRAINT guarded_account_has_one_balance CHECK (NOT guarded OR shards = 1),
    UNIQUE (id, currency),                                          -- targets of the composite keys below
    UNIQUE (id, side, guarded)
);

-- The balance stands beside the account, under the lock that every posting takes.  The status stands here too:
-- whoever freezes waits for this lock, and whoever posts reads the status under it, so no debit slips between.
CREATE TABLE ledger.balance (
    account_id       bigint   NOT NULL,
    shard            smallint NOT NULL DEFAULT 0,
    side             "char"   NOT NULL,
    guarded          boolean  NOT NULL,
    status           text     NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'no_debit', 'frozen', 'closed')),
    debits_posted    bigint   NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    credits_posted   bigint   NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    debits_pending   bigint   NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),    -- held, and not captured or released
    credits_pending  bigint   NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
    version          bigint   NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, shard),
    FOREIGN KEY (account_id, side, guarded) REFERENCES ledger.account (id, side, guarded),
    CONSTRAINT no_overdraft CHECK (
        NOT guarded
        OR CASE side WHEN 'C' THEN credits_posted - debits_posted - debits_pending
                     ELSE debits_posted - credits_posted - credits_pending END >= 0
    )
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);     -- room beside each row: updates stay HOT

CREATE TABLE ledger.status_change (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint      NOT NULL REFERENCES ledger.account,
    old         text        NOT NULL,
    new         text        NOT NULL CHECK (new <> old),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    actor       text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX status_change_of_account ON ledger.status_change (account_id, id);

-- A journal is one fact: its transfers succeed or fail together.  Two of the three nets against doing a thing
-- twice are here, and neither ever expires.
CREATE TABLE ledger.journal (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope         text        NOT NULL CHECK (length(scope) BETWEEN 1 AND 100),
    key           text        NOT NULL CHECK (length(key) BETWEEN 3 AND 255),
    request_hash  bytea       NOT NULL CHECK (octet_length(request_hash) = 32),
    purpose       text        NOT NULL CHECK (purpose ~ '^[a-z][a-z0-9_.]{2,59}$'),
    source        text        NOT NULL CHECK (length(source) BETWEEN 1 AND 100),
    effective_at  timestamptz NOT NULL,                             -- when it happened; balances never ask for it
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),   -- when we wrote it down, by the database's clock
    actor         text        NOT NULL CHECK (length(actor) BETWEEN 1 AND 100),
    reason        text        CHECK (reason ~ '^[a-z][a-z0-9_]{2,59}$'),  -- a code: why a blocked account was debited
    CONSTRAINT journal_once_per_key UNIQUE (scope, key),
    CONSTRAINT journal_once_per_fact UNIQUE (purpose, source),
    CONSTRAINT journal_is_past CHECK (effective_at <= recorded_at)
);

CREATE TABLE ledger.transfer (
    id           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    journal_id   bigint  NOT NULL REFERENCES ledger.journal,
    kind         "char"  NOT NULL CHECK (kind IN ('P', 'H', 'C', 'R')),     -- post, hold, capture, release
    debit_id     bigint  NOT NULL,
    credit_id    bigint  NOT NULL,
    currency     text    NOT NULL,
    amount       bigint  NOT NULL,
    hold_id      bigint,                                                    -- the H that a C or R takes from
    reverses_id  bigint,                                                    -- the P that this P takes back
    code         text    NOT NULL CHECK (code ~ '^[a-z][a-z0-9_.]{2,59}$'),
    -- 10^15 minor units: 500 legs of it still fit a bigint, so no sum inside one journal can overflow.
    CONSTRAINT transfer_amount_is_positive CHECK (amount BETWEEN 1 AND 1000000000000000),
    CONSTRAINT transfer_between_two CHECK (debit_id <> credit_id),
    CONSTRAINT transfer_of_a_hold CHECK ((kind IN ('C', 'R')) = (hold_id IS NOT NULL)),
    CONSTRAINT transfer_reverses_a_post CHECK (reverses_id IS NULL OR kind = 'P'),
    CONSTRAINT transfer_reversed_once UNIQUE (reverses_id),                 -- the third net
    UNIQUE (id, debit_id, credit_id, currency),
    CONSTRAINT transfer_debit_in_currency
        FOREIGN KEY (debit_id, currency) REFERENCES ledger.account (id, currency),
    CONSTRAINT transfer_credit_in_currency
        FOREIGN KEY (credit_id, currency) REFERENCES ledger.account (id, currency),
    CONSTRAINT transfer_as_held                                             -- a hold can't go to another account
        FOREIGN KEY (hold_id, debit_id, credit_id, currency)
        REFERENCES ledger.transfer (id, debit_id, credit_id, currency),
    CONSTRAINT transfer_reverses_its_mirror                                 -- debit and credit change places
        FOREIGN KEY (reverses_id, credit_id, debit_id, currency)
        REFERENCES ledger.transfer (id, debit_id, credit_id, currency)
);
CREATE INDEX transfer_of_journal ON ledger.transfer (journal_id);
CREATE INDEX transfer_of_debit ON ledger.transfer (debit_id, id);
CREATE INDEX transfer_of_credit ON ledger.transfer (credit_id, id);
CREATE INDEX transfer_by_hold ON ledger.transfer (hold_id) WHERE hold_id IS NOT NULL;

-- What is left of a hold.  ``expires_at`` only makes its release due: a job releases, time alone moves no money.
CREATE TABLE ledger.hold (
    transfer_id  bigint PRIMARY KEY REFERENCES ledger.transfer,
    amount       bigint NOT NULL CHECK (amount > 0),
    captured     bigint NOT NULL DEFAULT 0 CHECK (captured >= 0),
    released     bigint NOT NULL DEFAULT 0 CHECK (released >= 0),
    expires_at   timestamptz,
    CONSTRAINT hold_not_overspent CHECK (captured + released <= amount)
) WITH (fillfactor = 70);
CREATE INDEX hold_due ON ledger.hold (expires_at) WHERE captured + released < amount;
