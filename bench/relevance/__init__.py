"""How well search finds what people mean: any judged set, our search beside plain ones (docs/measuring.md)."""
