"""Messages to people. Here: e-mail, kept in a table and shown on the demo's outbox page instead of being sent."""
