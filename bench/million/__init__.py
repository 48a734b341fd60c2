"""Search over a million synthetic products: what the index costs, and what an answer does (docs/measuring.md)."""
