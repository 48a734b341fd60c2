"""A backup is taken while the house works: files come, grow and go under its hands, and it is sound all the same."""

from __future__ import annotations

import contextlib
import tarfile
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from caigou.cli import backup
from caigou.cli.database import NAME
from caigou.cli.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for name, content in (("files/pictures/ab/ab01-480.webp", b"picture"), ("uploads/goods.csv", b"id,title\n")):
        path = tmp_path / "home" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    (tmp_path / backup._DUMP).write_bytes(b"PGDMP")
    return Home(tmp_path / "home", "test")


def packed(home: Home, tmp_path: Path) -> dict[str, str]:
    """Pack it, unpack it (which checks every hash), and return what it names."""
    target = tmp_path / "saved.tar"
    backup._pack(home, tmp_path / backup._DUMP, target)
    out = tmp_path / "out"
    out.mkdir()
    members: dict[str, str] = backup._unpack(target, out)["members"]
    return members


def test_what_goes_meanwhile_and_what_is_half_written_is_left_out(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.folder / "files/pictures/ab/.half-x").write_bytes(b"pic")
    seen = list(backup._kept(home))
    monkeypatch.setattr(backup, "_kept", lambda _home: [*seen, ("uploads/done.zip", home.folder / "uploads/done.zip")])

    assert sorted(packed(home, tmp_path)) == [
        "database.dump",
        "files/pictures/ab/ab01-480.webp",
        "uploads/goods.csv",
    ]


def test_a_file_that_grows_while_it_is_read_harms_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = tarfile.TarFile.addfile

    def grown(archive: tarfile.TarFile, about: tarfile.TarInfo, stream: Any = None) -> None:
        add(archive, about, stream)
        with (home.folder / "uploads/goods.csv").open("ab") as more:
            more.write(b"1,mug\n")

    monkeypatch.setattr(tarfile.TarFile, "addfile", grown)

    assert "uploads/goods.csv" in packed(home, tmp_path)


def test_the_old_database_is_dropped_only_when_the_restored_one_has_its_name(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[str] = []

    def refuse(_url: str, _names: object) -> None:
        raise OSError("somebody is connected")

    monkeypatch.setattr(backup, "cluster_of", MagicMock())
    monkeypatch.setattr(backup, "_restored", lambda _cluster, _dump: contextlib.nullcontext())
    monkeypatch.setattr(backup, "drop_database", lambda _url, name: dropped.append(name))
    monkeypatch.setattr(backup, "rename_databases", refuse)

    with pytest.raises(OSError, match="connected"):
        backup._bring_back(home, tmp_path, replace=True)

    assert NAME not in dropped
