"""Recharges sent back to where they were paid from: asked for, agreed to, sent once, and asked about until it is known.

The sum is set aside first, so that nobody spends it meanwhile; a gateway that can't send it back leads to what the
buyer chose for that case, the wallet or a bank account (docs/decisions/0046-refunds-to-source.md).
"""
