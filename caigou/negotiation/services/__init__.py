"""What buyer and supplier can do with an inquiry: one module a verb."""
