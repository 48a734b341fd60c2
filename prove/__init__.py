"""``make prove``: the promises about money, kept under racing processes and ``kill -9`` (docs/proofs)."""
