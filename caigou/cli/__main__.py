"""``python -m caigou.cli`` is the same as ``caigou``."""

from caigou.cli.main import app

app(prog_name="caigou")
