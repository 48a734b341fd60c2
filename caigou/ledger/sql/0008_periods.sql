-- Closing the books of what has passed, and promising an amount in another currency.

-- Close everything before a moment, an hour ago at the latest.  Waits for postings that are dated back and not
-- committed yet; later ones find it closed.  Safe to call again.
CREATE FUNCTION ledger.close_period(p_currency text, p_until timestamptz, p_actor text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    closed bigint;
BEGIN
    PERFORM ledger.assert_read_committed();
    PERFORM pg_advisory_xact_lock(ledger.lock_of_period(p_currency));
    IF EXISTS (SELECT FROM ledger.period p WHERE p.currency = p_currency AND p.closed_until > p_until) THEN
        RAISE EXCEPTION '% is closed beyond % already', p_currency, p_until USING ERRCODE = 'LG010';
    END IF;
    INSERT INTO ledger.period (currency, closed_until, actor) VALUES (p_currency, p_until, p_actor)
    ON CONFLICT ON CONSTRAINT period_once DO NOTHING RETURNING id INTO closed;
    IF closed IS NULL THEN
        SELECT p.id INTO closed FROM ledger.period p WHERE p.currency = p_currency AND p.closed_until = p_until;
    END IF;
    RETURN closed;
END $$;

-- Promise an amount: exact arithmetic, rounded down for whom it is promised to.  What rounding to the nearest would
-- have added, nothing or one minor unit, goes to the account of rounding.  Raises LG007 when nothing would be left.
CREATE FUNCTION ledger.quote_exchange(
    p_public_id text, p_owner text, p_sell text, p_sell_minor bigint, p_buy text, p_rate numeric, p_rate_source text,
    p_seconds integer
) RETURNS ledger.fx_quote
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    quote ledger.fx_quote;
    exact numeric;
    moment timestamptz := clock_timestamp();
BEGIN
    SELECT p_sell_minor * p_rate::numeric(20,10) * (10::numeric ^ (b.exponent - s.exponent)) INTO exact
      FROM ledger.currency s, ledger.currency b
     WHERE s.code = p_sell AND b.code = p_buy AND s.is_money AND b.is_money;
    IF coalesce(floor(exact), 0) < 1 THEN
        RAISE EXCEPTION '% of % is nothing in %', p_sell_minor, p_sell, p_buy USING ERRCODE = 'LG007';
    END IF;
    INSERT INTO ledger.fx_quote (public_id, owner, sell, buy, sell_minor, buy_minor, rounding_minor, rate, rate_source,
                                 quoted_at, expires_at)
    VALUES (p_public_id, p_owner, p_sell, p_buy, p_sell_minor, floor(exact), round(exact) - floor(exact),
            p_rate, p_rate_source, moment, moment + make_interval(secs => p_seconds))
    RETURNING * INTO quote;
    RETURN quote;
END $$;
