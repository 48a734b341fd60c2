"""``python -m caigou.jobs.tests.worker_process``: a real worker on the tables of the tests, until it is killed."""

from __future__ import annotations

import django
from django.conf import settings


def main() -> None:
    django.setup()
    from caigou.jobs.tests.conftest import TABLES
    from caigou.jobs.worker import run

    for name, value in TABLES.items():
        setattr(settings, name, value)
    run(lambda: False)


if __name__ == "__main__":
    main()
