"""``python -m caigou.catalogue.tests.import_process FILE``: an import in small batches, each told, to be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from caigou.catalogue.services.imports import run
    from caigou.catalogue.tests.making import take

    run.BATCH = 25

    def tell(done: int, _total: int | None) -> None:
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
        time.sleep(0.02)

    take(Path(sys.argv[1]), progress=tell)


if __name__ == "__main__":
    main()
