"""The settings of the business: what the operator decides without a programmer (section 6 of the capabilities).

Each is declared in the module ``settings.py`` of the app that reads it, with its bounds and what it is for;
``config.business`` lists them all.  A change holds in every process within five seconds and is never lost: who, when,
from what to what, and why.
"""
