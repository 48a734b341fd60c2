"""A payment gateway that moves no real money: for the demonstration and for tests, refused in production.

It behaves as a real one does: the payer decides on its own page, it tells us by a signed webhook that may come
late or twice, and it answers when asked what became of a charge.
"""
