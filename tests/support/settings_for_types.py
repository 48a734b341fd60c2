"""The settings as mypy's Django plugin reads them: no database is opened, but the settings want an address."""

import os

os.environ.setdefault("CAIGOU_MODE", "test")
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@/nowhere")

from caigou.config.settings import *  # noqa: F403
