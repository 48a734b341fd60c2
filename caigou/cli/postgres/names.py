"""The two roles of the database, and what each may do.

``caigou_owner`` owns the tables and runs the migrations.  ``caigou_app`` is what web, worker, command line and
tests connect as: it reads and writes rows and nothing else; no DDL, no temporary tables, no role that skips
row-level security.  The superuser can't log in at all: what needs it is done once, in single-user mode.
"""

from __future__ import annotations

OWNER_ROLE = "caigou_owner"
APP_ROLE = "caigou_app"

_BOOTSTRAP = """\
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') THEN CREATE ROLE {owner}; END IF; END $$
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app}') THEN CREATE ROLE {app}; END IF; END $$
ALTER ROLE {owner} WITH LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
ALTER ROLE {app} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT
ALTER ROLE {app} SET lock_timeout = '2s'
ALTER ROLE {app} SET statement_timeout = '5s'
ALTER ROLE {app} SET idle_in_transaction_session_timeout = '10s'
REVOKE ALL ON DATABASE postgres FROM PUBLIC
REVOKE ALL ON DATABASE template1 FROM PUBLIC
GRANT CONNECT ON DATABASE postgres TO {owner}
"""
#: Run in single-user mode before the server's first start; one command a line, each safe to repeat.
BOOTSTRAP = _BOOTSTRAP.format(owner=OWNER_ROLE, app=APP_ROLE)
