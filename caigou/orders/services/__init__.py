"""What buyer, supplier and clock can do with an order: one module a verb."""
