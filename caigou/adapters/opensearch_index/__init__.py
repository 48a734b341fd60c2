"""The search engine beside the house: OpenSearch, for an installation that one machine no longer holds."""
