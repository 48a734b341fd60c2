"""What the benchmarks measure with is itself right."""
