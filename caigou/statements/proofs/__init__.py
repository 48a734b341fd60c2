"""Provable balances: what we owe in all, and each company's part in it (docs/decisions/0043)."""
