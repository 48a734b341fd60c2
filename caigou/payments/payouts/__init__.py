"""Money out: where a company wants to be paid, what it asked for, and batches that two persons approve.

A new account can't be paid to for two days and before a second person asked for it on another way than it came by;
what was asked for before stays with the account it was asked for (docs/decisions/0039-payouts.md).
"""
