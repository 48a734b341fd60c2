"""What companies' own programs need: keys with scopes, exact limits, answers that are kept, and webhooks out."""
