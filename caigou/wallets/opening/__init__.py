"""Opening balances: what stood in the system before this one, brought in from a file by two persons, once."""
