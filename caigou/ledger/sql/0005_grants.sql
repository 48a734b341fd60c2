-- Who may do what.  {app} is the application's role (roles.py).  It reads, and it calls four functions; nobody else
-- may do anything.  New functions are open to PUBLIC until somebody closes them, hence the first lines.

REVOKE ALL ON SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;

GRANT USAGE ON SCHEMA ledger TO {app};
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO {app};
GRANT EXECUTE ON FUNCTION ledger.post, ledger.open_account, ledger.set_status, ledger.audit TO {app};
