"""What the process from which racers are forked has loaded: Django and who hears of what, without a connection.

A racer that loads them with a row locked keeps its rival waiting for longer than a lock is waited for.
"""

import django

django.setup()

from caigou.jobs.outbox import hears  # noqa: E402

hears()
