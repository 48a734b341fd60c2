"""What a company does with its keys and its webhooks, and what the API asks on their behalf."""
