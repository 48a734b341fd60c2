"""What can be done with money out: one module a verb."""
