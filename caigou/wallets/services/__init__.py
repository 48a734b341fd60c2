"""What can be done around a wallet: one module a subject."""
