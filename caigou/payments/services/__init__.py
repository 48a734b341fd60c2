"""What can be done with money in: one module a verb."""
