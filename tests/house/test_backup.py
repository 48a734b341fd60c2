"""A backup holds everything; a restore brings it back whole or changes nothing (promise 17's dump and restore)."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from tests.support.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_GOODS = (
    '{"external_id": "M-1", "title_en": "Stoneware mug", "title_zh": "陶瓷马克杯", "moq": 24, '
    '"currency": "CNY", "tiers": [{"from": 24, "price": "8.50"}]}\n'
)


def told(installation: Installation, *arguments: str) -> dict[str, object]:
    done = installation.command(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def filled(installation: Installation, tmp_path: Path) -> Path:
    """Goods, a person and a kept file; returns the backup of them."""
    goods = tmp_path / "goods.jsonl"
    goods.write_text(_GOODS, encoding="utf-8")
    told(installation, "import", str(goods), "--supplier", "Longquan Kilns")
    assert installation.command("seat", "ana@example.test", "--staff").returncode == 0
    kept = installation.folder / "files" / "pictures" / "ab"
    kept.mkdir(parents=True)
    (kept / "ab01-480.webp").write_bytes(b"picture")
    saved = tmp_path / "saved.tar"
    assert told(installation, "backup", str(saved))["files"] == 1
    return saved


def names_found(installation: Installation) -> list[str]:
    assert installation.command("reindex").returncode == 0
    found = json.loads(installation.command("search", "mug", "--json").stdout)
    return [product["title_zh"] for product in found["products"]]


def test_everything_comes_back_into_an_empty_folder(installation: Installation, tmp_path: Path) -> None:
    saved = filled(installation, tmp_path)
    shutil.rmtree(installation.folder / "files")
    assert installation.command("manage", "shell", "-c", "").returncode == 0  # nobody runs it any more
    shutil.rmtree(installation.folder / "postgres")

    assert told(installation, "restore", str(saved))["files"] == 1

    assert names_found(installation) == ["陶瓷马克杯"]
    assert (installation.folder / "files/pictures/ab/ab01-480.webp").read_bytes() == b"picture"
    assert told(installation, "check-books")["balanced"] is True


def test_data_give_way_only_when_that_is_said(installation: Installation, tmp_path: Path) -> None:
    saved = filled(installation, tmp_path)
    more = tmp_path / "more.jsonl"
    more.write_text(_GOODS.replace("M-1", "M-2").replace("陶瓷马克杯", "后来的杯子"), encoding="utf-8")
    told(installation, "import", str(more), "--supplier", "Longquan Kilns")

    refused = installation.command("restore", str(saved))
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    assert sorted(names_found(installation)) == sorted(["陶瓷马克杯", "后来的杯子"])

    told(installation, "restore", str(saved), "--replace")
    assert names_found(installation) == ["陶瓷马克杯"]


def test_a_damaged_backup_changes_nothing(installation: Installation, tmp_path: Path) -> None:
    saved = filled(installation, tmp_path)
    whole = saved.read_bytes()
    for harm in ("a byte", "a member", "the end", "no backup"):
        saved.write_bytes(whole)
        damage(saved, harm)

        refused = installation.command("restore", str(saved), "--replace")

        assert refused.returncode == 2, harm
        assert "Traceback" not in refused.stderr, harm
        assert "damaged" in refused.stderr, harm
    assert names_found(installation) == ["陶瓷马克杯"]


def damage(saved: Path, harm: str) -> None:
    content = saved.read_bytes()
    if harm == "a byte":
        place = content.index(b"PGDMP") + 5_000
        saved.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif harm == "the end":
        saved.write_bytes(content[: len(content) // 2])
    elif harm == "no backup":
        saved.write_bytes(b"no backup, damaged or not")
    else:
        smuggled = saved.with_name("more.txt")
        smuggled.write_text("not in the manifest")
        with tarfile.open(saved, "a") as archive:
            archive.add(smuggled, "files/more.txt")


def test_a_backup_is_taken_while_it_runs_and_restored_only_when_it_does_not(
    installation: Installation, tmp_path: Path
) -> None:
    installation.command("seat", "ana@example.test", "--staff")
    installation.up()
    saved = tmp_path / "saved.tar"
    told(installation, "backup", str(saved))
    assert saved.stat().st_mode & 0o077 == 0, "a backup holds everybody's data"
    refused = installation.command("restore", str(saved), "--replace")
    assert refused.returncode == 2
    assert "Stop it first" in refused.stderr


def test_no_backup_is_overwritten(installation: Installation, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar"
    saved.write_bytes(b"yesterday's")
    assert installation.command("backup", str(saved)).returncode == 2
    assert saved.read_bytes() == b"yesterday's"
