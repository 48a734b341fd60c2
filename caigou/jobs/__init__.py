"""Work that outlives a request: the outbox of facts, calls to the outside, and the clocks.

Nothing may be lost by a crash: what a service decides and what shall follow from it are rows of the same
transaction. A worker that dies leaves its row as it was, and another one takes it.
"""
