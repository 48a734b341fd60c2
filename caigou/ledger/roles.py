"""The application's role in the database, to which the migrations grant what it may do with the ledger."""

from __future__ import annotations

import os

#: A deployment that named the role otherwise says so when it migrates.
APP_ROLE = os.environ.get("CAIGOU_APP_ROLE", "caigou_app")
