"""Pictures in a ZIP file beside a catalogue: found by name, made safe, and no path of the ZIP leads anywhere."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from caigou.catalogue.models import ImportRun, ImportStatus, Product, ProductPicture
from caigou.catalogue.services.exports import export_file
from caigou.catalogue.services.imports import import_file
from caigou.catalogue.services.imports.gallery import PictureBox
from caigou.catalogue.tests.making import codes, product, seller, take, write_json
from caigou.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def photo(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "MEDIA_ROOT", str(tmp_path / "media"))
    return tmp_path / "media"


def zipped(path: Path, entries: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as new:
        for name, content in entries.items():
            new.writestr(name, content)
    return path


def taken(tmp_path: Path, pictures: Path, *rows: dict[str, Any]) -> ImportRun:
    return import_file(write_json(tmp_path / "a.jsonl", *rows), by=SYSTEM, supplier=seller(), pictures=pictures)


def gallery(external_id: str = "M-1") -> list[int]:
    rows = ProductPicture.objects.filter(product__external_id=external_id).order_by("position")
    return list(rows.values_list("picture_id", flat=True))


def test_pictures_come_in_by_their_names_in_the_order_of_the_row(tmp_path: Path) -> None:
    box = zipped(tmp_path / "p.zip", {"a/red.jpg": photo("red"), "BLUE.JPG": photo("blue"), "x.txt": b"hello"})

    run = taken(tmp_path, box, product(pictures="blue.jpg|red.jpg|green.jpg"), product("M-2", pictures="x.txt"))

    assert codes(run) == [(1, "missing_picture"), (2, "left_out")]
    blue, red = gallery()
    assert blue != red
    assert Product.objects.get(external_id="M-1").cover
    again = taken(tmp_path, box, product(pictures="blue.jpg|red.jpg|green.jpg"), product("M-2"))
    assert (again.products_same, gallery()) == (2, [blue, red])


def test_pictures_that_nobody_listed_are_found_by_the_name_of_their_product(tmp_path: Path) -> None:
    colours = {"m-1-10": "red", "m-1-2": "blue", "m-1": "green", "M-2": "black", "other": "white"}
    box = zipped(tmp_path / "p.zip", {f"{name}.jpg": photo(colour) for name, colour in colours.items()})

    run = taken(tmp_path, box, product("M-1"), product("M-2"), product("M-3"))

    assert codes(run) == []
    assert (len(gallery("M-1")), len(gallery("M-2")), gallery("M-3")) == (3, 1, [])
    first, second, tenth = gallery("M-1")
    assert first < second < tenth, "the bare name first, then by number: ids follow the order of storing"


def test_a_row_without_pictures_leaves_the_gallery_as_it_is(tmp_path: Path) -> None:
    taken(tmp_path, zipped(tmp_path / "p.zip", {"a.jpg": photo("red")}), product(pictures="a.jpg"))
    before = gallery()

    take(write_json(tmp_path / "b.jsonl", product(title_en="Changed")))

    assert (gallery(), Product.objects.get().title_en) == (before, "Changed")
    assert before


def test_our_export_names_pictures_that_are_here_and_nobody_elses(tmp_path: Path) -> None:
    taken(tmp_path, zipped(tmp_path / "p.zip", {"a.jpg": photo("red")}), product(pictures="a.jpg"))
    export_file(tmp_path / "out.csv", by=SYSTEM)

    run = import_file(tmp_path / "out.csv", by=SYSTEM)
    assert (codes(run), run.products_same) == ([], 1)

    sha256 = ProductPicture.objects.get().picture.sha256
    from caigou.catalogue.services.imports import ensure_supplier

    stolen = write_json(tmp_path / "c.jsonl", product("M-9", pictures=[f"{sha256}.webp"]))
    run = import_file(stolen, by=SYSTEM, supplier=ensure_supplier("Thief"))
    assert codes(run) == [(1, "missing_picture")]


def test_a_chinese_name_is_found_whatever_system_packed_it(tmp_path: Path) -> None:
    file = zipped(tmp_path / "p.zip", {"XXXX.jpg": photo("red")})
    raw = file.read_bytes().replace(b"XXXX.jpg", "红杯".encode("gb18030") + b".jpg")
    file.write_bytes(raw)

    assert codes(taken(tmp_path, file, product(pictures="红杯.jpg"))) == []
    assert len(gallery()) == 1


BAD: list[tuple[str, bytes]] = [
    ("../../../../tmp/evil.jpg", b"<?php"),
    ("text.jpg", b"not a picture"),
    ("nested.png", b"PK\x03\x04" + b"\0" * 99),
    ("drawing.webp", b"<svg onload='alert(1)'/>"),
    ("empty.jpg", b""),
]


@pytest.mark.parametrize(("name", "content"), BAD)
def test_what_is_no_picture_is_noted_and_the_product_taken(tmp_path: Path, name: str, content: bytes) -> None:
    box = zipped(tmp_path / "p.zip", {name: content})

    run = taken(tmp_path, box, product(pictures=name))

    assert codes(run) == [(1, "bad_picture")]
    assert run.products_new == 1
    assert gallery() == []


def test_a_link_in_the_zip_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(photo("red"))
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as new:
        link = zipfile.ZipInfo("a.jpg")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        new.writestr(link, str(tmp_path / "secret.jpg"))

    assert codes(taken(tmp_path, tmp_path / "p.zip", product(pictures="a.jpg"))) == [(1, "bad_picture")]


def _encrypted(path: Path) -> Path:
    content = bytearray(zipped(path, {"a.jpg": photo("red")}).read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def test_a_treacherous_zip_refuses_the_import_as_a_whole(tmp_path: Path) -> None:
    boxes = {
        "zip_bomb": zipped(tmp_path / "bomb.zip", {"a.jpg": b"\0" * (2 << 20)}),
        "damaged_zip": tmp_path / "damaged.zip",
        "encrypted_zip": _encrypted(tmp_path / "locked.zip"),
    }
    boxes["damaged_zip"].write_bytes(b"PK\x03\x04 nothing")
    for code, box in boxes.items():
        run = taken(tmp_path, box, product())
        assert (run.status, run.error) == (ImportStatus.FAILED, code)
    assert not Product.objects.exists()


def test_a_zip_of_a_million_names_is_refused_before_python_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each costs half a kilobyte of memory: 64 MB of nothing but names would take up a gigabyte."""
    names = b"".join(b"PK\x01\x02" + bytes(42) + b"a" for _ in range(20_001))
    (tmp_path / "names.zip").write_bytes(names + b"PK\x05\x06" + bytes(18))
    monkeypatch.setattr(zipfile, "ZipFile", None)

    assert taken(tmp_path, tmp_path / "names.zip", product()).error == "zip_bomb"


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_broken_entry_costs_itself_only(tmp_path: Path, packing: int) -> None:
    file = zipped(tmp_path / "p.zip", {"a.jpg": photo("red"), "b.jpg": photo("blue")}, packing)
    content = bytearray(file.read_bytes())
    start = content.find(b"a.jpg") + 20
    content[start : start + 60] = b"\xff" * 60
    file.write_bytes(content)

    run = taken(tmp_path, file, product(pictures="a.jpg|b.jpg"))

    assert codes(run) == [(1, "bad_picture")]
    assert len(gallery()) == 1


def test_a_picture_that_many_products_share_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    real = PictureBox._store

    def counted(self: PictureBox, entry: zipfile.ZipInfo) -> int | str:
        drawn.append(entry)
        return real(self, entry)

    monkeypatch.setattr(PictureBox, "_store", counted)
    box = zipped(tmp_path / "p.zip", {"a.jpg": photo("red")})

    taken(tmp_path, box, *[product(f"M-{n}", pictures="a.jpg") for n in range(5)])

    assert len(drawn) == 1
    assert ProductPicture.objects.count() == 5
