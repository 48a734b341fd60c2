"""Money in: recharges through a gateway, and requests for money that wait until a wallet can meet them.

Money from outside never settles an order by itself. It credits the wallet; what was asked for is then set aside
by a hold towards the account that the asker opened, and the asker, hearing of it, captures the hold.
"""
