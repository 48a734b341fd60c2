"""A real process, killed with SIGKILL in the middle of an import; the next one goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from caigou.catalogue.models import ImportRun, ImportStatus, PriceTier, Product
from caigou.catalogue.tests.making import codes, product, take, write_json


@pytest.mark.commits
@pytest.mark.slow
def test_an_import_survives_kill_9(tmp_path: Path) -> None:
    rows = [product(f"M-{number:04}", moq=number % 100) for number in range(1_000)]
    file = write_json(tmp_path / "a.jsonl", *rows)

    for batches in (2, 5, 9):
        with subprocess.Popen(
            [sys.executable, "-m", "caigou.catalogue.tests.import_process", str(file)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            for _batch in range(batches):
                assert process.stdout.readline()
            process.kill()
    killed = ImportRun.objects.get()
    halfway = (killed.status, killed.rows_read)
    run = take(file)

    assert halfway[0] == ImportStatus.RUNNING
    assert 16 * 25 <= halfway[1] < 1_000
    assert run.pk == killed.pk
    assert (run.status, run.rows_read, run.products_new, run.rows_refused) == (ImportStatus.DONE, 1_000, 990, 10)
    assert codes(run) == [(number * 100 + 1, "bad_number") for number in range(10)]
    assert Product.objects.count() == 990
    assert PriceTier.objects.count() == 1_980
    assert take(file).products_same == 990
