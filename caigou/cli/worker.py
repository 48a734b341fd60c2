"""The worker: forked by ``servers``, or alone on another machine as ``python -m caigou.cli.worker``."""

from __future__ import annotations

import signal
import sys
from types import FrameType


def main() -> int:
    """Load the product and work."""
    import django

    django.setup()
    return work()


def work() -> int:
    """Deliver, call and run the clocks until SIGTERM or SIGINT; what was begun is finished first."""
    from caigou.cli.memory import give_back_now_and_then
    from caigou.cli.nursery import Nursery
    from caigou.jobs.worker import run
    from caigou.search.analysts import Analyst, analyse, hire

    nursery = Nursery("caigou-analyst", analyse)  # forks; there are threads from the next line on
    hire(Analyst(nursery.bear, nursery.end))
    give_back_now_and_then()
    stop = False

    def stop_soon(_number: int, _frame: FrameType | None) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, stop_soon)
    signal.signal(signal.SIGINT, stop_soon)
    run(lambda: stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
