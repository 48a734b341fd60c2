"""What can be done with gateways' reports: one module a verb."""
