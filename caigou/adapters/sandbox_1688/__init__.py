"""A 1688 of our own: speaks its protocol, checks its signatures, and sells nothing. Refused in production."""
