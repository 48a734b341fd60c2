"""The worker process: ``python -m caigou.cli.worker`` works until it is told to stop."""

from __future__ import annotations

import signal
import sys
from types import FrameType


def main() -> int:
    """Deliver, call and run the clocks until SIGTERM or SIGINT; what was begun is finished first."""
    import django

    stop = False

    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, stop_soon)
    signal.signal(signal.SIGINT, stop_soon)
    django.setup()
    from caigou.jobs.worker import run

    run(lambda: stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
