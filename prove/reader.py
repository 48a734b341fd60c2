"""Somebody who reads the sums all the while: whatever happens, every reading balances."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import psycopg

from prove.logs import Board

#: One statement, hence one moment.
_SUMS = b"""
SELECT count(*) FILTER (WHERE debits <> credits), count(*) FILTER (WHERE held_debits <> held_credits),
       coalesce(sum(below), 0)
  FROM (SELECT a.currency, sum(b.debits_posted) AS debits, sum(b.credits_posted) AS credits,
               sum(b.debits_pending) AS held_debits, sum(b.credits_pending) AS held_credits,
               count(*) FILTER (WHERE a.guarded AND CASE a.side
                   WHEN 'C' THEN b.credits_posted - b.debits_posted - b.debits_pending
                   ELSE b.debits_posted - b.credits_posted - b.credits_pending END < 0) AS below
          FROM ledger.balance b JOIN ledger.account a ON a.id = b.account_id GROUP BY a.currency) of_currency
"""
_PAUSE = 0.08


class Reader:
    """Reads until the board says that all workers are done; three places of the board are its own.

    ``reads`` and ``off`` count on the board; they survive a reader that is killed.
    """

    def __init__(self, board: Board, workers: int) -> None:
        self.board = board
        self.workers = workers

    def run(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while any(self.board[place] < 2**62 for place in range(self.workers)):
            try:
                if connection is None:
                    connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
                found = connection.execute(_SUMS).fetchone()
            except psycopg.OperationalError:
                connection = None
                time.sleep(_PAUSE)
                continue
            self.board[self.workers] += 1
            self.board[self.workers + 1] += found != (0, 0, 0)
            time.sleep(_PAUSE)

    @property
    def reads(self) -> int:
        return self.board[self.workers]

    @property
    def off(self) -> int:
        """How many readings did not balance."""
        return self.board[self.workers + 1]


def board_for(folder: Path, workers: int) -> Board:
    """Return a board with a place for each worker and two for the reader."""
    return Board(folder / "board", workers + 2)
