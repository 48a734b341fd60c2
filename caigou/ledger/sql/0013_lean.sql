-- The same guards for less.  PostgreSQL reads the text of each CHECK of a table anew in every statement that writes to it,
-- which was a quarter of a posting; what a domain refuses is kept with the plan.

CREATE DOMAIN ledger.named AS varchar(100)
    CONSTRAINT name_is_not_empty CHECK (VALUE <> '');
CREATE DOMAIN ledger.key AS varchar(255)
    CONSTRAINT key_has_3_signs CHECK (length(VALUE) >= 3);
CREATE DOMAIN ledger.request_hash AS bytea
    CONSTRAINT request_hash_has_32_bytes CHECK (octet_length(VALUE) = 32);
CREATE DOMAIN ledger.purpose AS text
    CONSTRAINT purpose_is_a_code CHECK (VALUE ~ '^[a-z][a-z0-9_.]{2,59}$');
CREATE DOMAIN ledger.reason AS text
    CONSTRAINT reason_is_a_code CHECK (VALUE ~ '^[a-z][a-z0-9_]{2,59}$');
CREATE DOMAIN ledger.transfer_kind AS "char"                            -- post, hold, capture, release
    CONSTRAINT transfer_kind_is_known CHECK (VALUE IN ('P', 'H', 'C', 'R'));
CREATE DOMAIN ledger.amount AS bigint      -- 500 legs of 10^15 minor units still fit a bigint: no sum of a journal overflows
    CONSTRAINT transfer_amount_is_positive CHECK (VALUE BETWEEN 1 AND 1000000000000000);
CREATE DOMAIN ledger.status AS text
    CONSTRAINT status_is_known CHECK (VALUE IN ('open', 'no_debit', 'frozen', 'closed'));

ALTER TABLE ledger.journal
    DROP CONSTRAINT journal_scope_check,
    DROP CONSTRAINT journal_key_check,
    DROP CONSTRAINT journal_request_hash_check,
    DROP CONSTRAINT journal_purpose_check,
    DROP CONSTRAINT journal_source_check,
    DROP CONSTRAINT journal_actor_check,
    DROP CONSTRAINT journal_reason_check,
    ALTER scope TYPE ledger.named,
    ALTER key TYPE ledger.key,
    ALTER request_hash TYPE ledger.request_hash,
    ALTER purpose TYPE ledger.purpose,
    ALTER source TYPE ledger.named,
    ALTER actor TYPE ledger.named,
    ALTER reason TYPE ledger.reason;

-- One index serves both the statement of an account and the keys that hold captures and reversals to their origin.
ALTER TABLE ledger.transfer
    DROP CONSTRAINT transfer_as_held,
    DROP CONSTRAINT transfer_reverses_its_mirror,
    DROP CONSTRAINT transfer_id_debit_id_credit_id_currency_key;
DROP INDEX ledger.transfer_of_debit;
ALTER TABLE ledger.transfer
    DROP CONSTRAINT transfer_kind_check,
    DROP CONSTRAINT transfer_amount_is_positive,
    DROP CONSTRAINT transfer_code_check,
    ALTER kind TYPE ledger.transfer_kind,
    ALTER amount TYPE ledger.amount,
    ALTER code TYPE ledger.purpose,
    ADD CONSTRAINT transfer_of_debit UNIQUE (debit_id, id, credit_id, currency),
    ADD CONSTRAINT transfer_as_held
        FOREIGN KEY (hold_id, debit_id, credit_id, currency)
        REFERENCES ledger.transfer (id, debit_id, credit_id, currency),
    ADD CONSTRAINT transfer_reverses_its_mirror
        FOREIGN KEY (reverses_id, credit_id, debit_id, currency)
        REFERENCES ledger.transfer (id, debit_id, credit_id, currency);

ALTER TABLE ledger.balance
    DROP CONSTRAINT balance_status_check,
    DROP CONSTRAINT balance_debits_posted_check,
    DROP CONSTRAINT balance_credits_posted_check,
    DROP CONSTRAINT balance_debits_pending_check,
    DROP CONSTRAINT balance_credits_pending_check,
    ALTER status TYPE ledger.status,
    ADD CONSTRAINT no_figure_below_nothing
        CHECK (least(debits_posted, credits_posted, debits_pending, credits_pending) >= 0);

-- A trigger that may fire before an update, of whatever columns, has the row locked and the lock written down first.
DROP TRIGGER never_changed ON ledger.balance;
DROP TRIGGER never_changed ON ledger.hold;
CREATE TRIGGER never_changed AFTER UPDATE OF account_id, shard, side, guarded OR DELETE ON ledger.balance
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER never_changed AFTER UPDATE OF transfer_id, amount, expires_at OR DELETE ON ledger.hold
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
