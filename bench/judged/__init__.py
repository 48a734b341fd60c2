"""Queries over the demonstration's goods with the goods that answer them, judged by hand and frozen."""
