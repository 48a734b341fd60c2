"""Measurements: what the product does in a second and what it costs, beside a plain yardstick in the same run."""
