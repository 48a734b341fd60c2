"""The ledger: who owes whom, as transfers that are never changed.

Every movement of money is one transfer from a debit account to a credit account, so the books balance by
construction.  The rules live in the database (``sql/``), in functions that are the only way in; the Python
here gives them types, names their errors and reads.  ``docs/ledger.md`` is the page for people.
"""
