"""One more web process, loaded and served as the house's own are, with the yardstick among its pages."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Serve on the port that is the first argument, until SIGTERM."""
    from caigou.cli import servers

    gc.disable()
    servers.load_code()
    servers.load_prepared()
    return servers.serve_pages("127.0.0.1", int(sys.argv[1]), 1)


if __name__ == "__main__":
    sys.exit(main())
