"""What a person can do with an account: one module a verb."""
