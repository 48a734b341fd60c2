"""Gateways' own statements: what they took, sent back, kept and paid to our bank, held against our books (promise 10).

A difference is found once, named, and worked by a person; the gateway's fee is booked as a charge, and its payout, when
the bank has it, closes what stood in clearing (docs/gateways.md).
"""
