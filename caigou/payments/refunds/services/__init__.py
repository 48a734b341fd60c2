"""What can be done with refunds to the source: one module a verb."""
