"""``python -m tests.support.with_database COMMAND …`` runs a command with the test settings and a throw-away database.

For tools that import Django's settings, which want an address even when nobody goes there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.support import databases


def main() -> int:
    """Run the command; return its exit code."""
    os.environ |= {"CAIGOU_MODE": "test", "DJANGO_SETTINGS_MODULE": "caigou.config.settings"}
    server = databases.start_server()
    try:
        databases.point_at(server.socket_folder, databases.TEMPLATE)
        with tempfile.TemporaryDirectory() as home:
            os.environ["CAIGOU_HOME"] = home
            return subprocess.run(sys.argv[1:], check=False).returncode
    finally:
        server.stop()
        server.remove()
        databases.forget(os.getpid())


if __name__ == "__main__":
    sys.exit(main())
