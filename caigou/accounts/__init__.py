"""People, their companies and seats, addresses, and what a route lets whom do."""
