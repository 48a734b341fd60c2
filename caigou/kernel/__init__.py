"""Plain Python that every floor stands on: money, clock, states, errors, ids, events, registries.

Nothing here knows Django's models, HTTP or a vendor.
"""
