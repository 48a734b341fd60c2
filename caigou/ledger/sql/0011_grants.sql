-- The new functions are open to nobody until somebody opens them; {app} is the application's role.
REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO {app};
GRANT EXECUTE ON FUNCTION ledger.close_period, ledger.quote_exchange, ledger.seal_journals, ledger.verify_chain,
    ledger.audit_rules TO {app};
