"""What goods are about, beside the words of their titles: an extra, off unless ``CAIGOU_SEARCH_MEANING`` is on.

The worker keeps a vector of each title in PostgreSQL (``keeping``); a search that left room on its first page asks for
the nearest (``nearest``), in whichever engine its words were searched. docs/decisions/0044 says why it is built so.
"""
