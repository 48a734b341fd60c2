"""HTML pages for the operator's staff."""
