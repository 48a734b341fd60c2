"""The close of a month: what must hold, one person who proposes it, another who closes it for good."""
