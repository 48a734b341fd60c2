"""Corporate bank transfers: our accounts, announced transfers, statements, who sent what, and what nobody can place.

What a bank says is stored once and as it was said (``models.statements``); what came of each line is decided by the
ladder (``services.match``) or by a person (``services.suspense``), and posted to the ledger exactly once.
"""
