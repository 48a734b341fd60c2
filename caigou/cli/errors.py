"""What a person at the command line did that can't work: one sentence, exit code 2, never a traceback."""

from __future__ import annotations


class UserError(Exception):
    """A mistake or a missing thing that a person can mend; the message says how."""
