"""Real processes: one is killed with SIGKILL in the middle of an import, two import the same goods at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from caigou.catalogue.models import ImportRun, ImportStatus, PriceTier, Product
from caigou.catalogue.tests.making import codes, product, seller, take, write_json


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


@pytest.mark.commits
@pytest.mark.slow
def test_two_imports_of_the_same_new_goods_at_once_both_end_well(tmp_path: Path) -> None:
    seller()
    files = [
        write_json(tmp_path / f"{name}.jsonl", *[product(f"M-{number:04}", title_en=name) for number in range(500)])
        for name in ("one", "two")
    ]

    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "caigou.catalogue.tests.import_process", str(file)], stdout=subprocess.DEVNULL
        )
        for file in files
    ]
    ends = [process.wait(timeout=60) for process in processes]

    assert ends == [0, 0]
    assert set(ImportRun.objects.values_list("status", flat=True)) == {ImportStatus.DONE}
    assert Product.objects.count() == 500
    assert PriceTier.objects.count() == 1_000
    assert set(Product.objects.values_list("title_en", flat=True)) <= {"one", "two"}
