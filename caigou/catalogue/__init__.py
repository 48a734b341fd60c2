"""Suppliers and their goods: what is listed, at which quantities and prices, and where each datum comes from."""
