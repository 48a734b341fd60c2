"""Excel workbooks: read like any other file, and each treacherous one refused with its reason."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from caigou.catalogue.models import ImportRun, ImportStatus, Product
from caigou.catalogue.tests.making import codes, take, titles
from caigou.files.sheets import limits as sheet_limits
from caigou.files.sheets import workbooks

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HEADER = ["external_id", "title_en", "title_zh", "currency", "moq", "tiers", "lead_days"]
MUG = ["M-1", "Mug", "杯", "CNY", 240, "240:13.80|720:12.60", 25]


def workbook(path: Path, *rows: list[Any], header: list[Any] | None = None) -> Path:
    book = Workbook()
    for row in (HEADER if header is None else header, *rows):
        book.active.append(row)
    book.save(path)
    return path


def rewrapped(path: Path, changes: dict[str, bytes], **options: Any) -> Path:
    """The workbook with entries added or replaced."""
    entries = {}
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as new:
        for name, content in {**entries, **changes}.items():
            new.writestr(name, content)
    return path


def sheet_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as old:
        return old.read("xl/worksheets/sheet1.xml")


def failed(path: Path) -> str:
    run = take(path)
    assert run.status == ImportStatus.FAILED
    assert not Product.objects.exists()
    assert run.error_text
    return run.error


def test_a_workbook_is_read_like_any_other_file(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", MUG, ["M-2", "Bowl", None, "CNY", 24.0, "24:5"], [], ["", None, "  "])

    run = take(file)

    assert (codes(run), run.rows_read, run.rows_total) == ([(5, "missing")], 3, 3)
    assert titles() == ["Mug", "Bowl"]
    assert Product.objects.get(external_id="M-1").lead_days == 25
    assert take(file).products_same == 2


def test_titles_above_the_header_and_hidden_or_empty_sheets_are_passed_over(tmp_path: Path) -> None:
    book = Workbook()
    hidden = book.active
    hidden.append(["external_id", "title_en"])
    hidden.sheet_state = "hidden"
    book.create_sheet("empty")
    sheet = book.create_sheet("报价单")
    sheet.append(["德化岚屿陶瓷报价单"])
    sheet.merge_cells("A1:G1")
    sheet.append([])
    sheet.append(HEADER)
    sheet.append(MUG)
    book.save(tmp_path / "a.xlsx")

    assert codes(take(tmp_path / "a.xlsx")) == []
    assert titles() == ["Mug"]


def test_numbers_are_taken_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    header = ["external_id", "title_en", "currency", "moq", "price"]
    rows = [[6901234567892, "a", "CNY", 1, 12.6], ["b", "b", "CNY", 1, 0.1 + 0.2], ["c", "c", "CNY", 1e3, 1e-2]]

    run = take(workbook(tmp_path / "a.xlsx", *rows, header=header))

    assert codes(run) == []
    prices = {p.external_id: (p.moq, p.tiers[0].unit_price.amount) for p in Product.objects.all()}
    assert prices == {"6901234567892": (1, "12.60"), "b": (1, "0.30"), "c": (1000, "0.01")}


def test_the_zeros_that_a_format_shows_before_a_number_belong_to_it(tmp_path: Path) -> None:
    book = Workbook()
    for row in (HEADER, [412, *MUG[1:]], [413, *MUG[1:]]):
        book.active.append(row)
    book.active["A2"].number_format = "00000"
    book.save(tmp_path / "a.xlsx")
    take(tmp_path / "a.xlsx")

    assert sorted(Product.objects.values_list("external_id", flat=True)) == ["00412", "413"]


@pytest.mark.parametrize(
    ("code", "column", "value"),
    [
        ("formula", 1, "=1+1"),
        ("formula", 4, "=SUM(A1:A9)"),
        ("formula", 1, '=HYPERLINK("http://x.example","free")'),
        ("date_cell", 5, date(2026, 1, 2)),
        ("date_cell", 0, date(2026, 5, 8)),
        ("cell_error", 5, "#REF!"),
        ("long_number", 0, 69012345678921234),
        ("bad_number", 4, 1e9),
        ("bad_number", 4, 2.5),
        ("bad_tiers", 5, 12.6),
        ("field_too_long", 1, "x" * 30_000),
    ],
)
def test_a_cell_that_does_not_hold_what_was_typed_refuses_its_row(
    tmp_path: Path, code: str, column: int, value: Any
) -> None:
    bad = list(MUG)
    bad[column] = value

    run = take(workbook(tmp_path / "a.xlsx", bad, ["M-2", *MUG[1:]]))

    assert codes(run) == [(2, code)]
    assert run.products_new == 1


def test_a_formula_in_a_column_without_meaning_harms_nobody(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [*MUG, "=NOW()"], header=[*HEADER, "remark"])

    assert codes(take(file)) == [(1, "unknown_column")]


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", ["M-1", "placeholder", *MUG[2:]])
    rewrapped(file, {"xl/worksheets/sheet1.xml": sheet_of(file).replace(b"placeholder", b"=1+1")})

    assert codes(take(file)) == []
    assert titles() == ["=1+1"]


def test_more_cells_than_columns_refuse_the_row(tmp_path: Path) -> None:
    assert codes(take(workbook(tmp_path / "a.xlsx", [*MUG, "more"]))) == [(2, "column_count")]


def test_two_columns_of_one_name_refuse_the_workbook(tmp_path: Path) -> None:
    assert failed(workbook(tmp_path / "a.xlsx", MUG, header=[*HEADER[:-1], "MOQ"])) == "same_columns"


def test_a_workbook_of_pictures_alone_has_no_header(tmp_path: Path) -> None:
    assert failed(workbook(tmp_path / "a.xlsx", header=["x"])) == "no_header"
    Workbook().save(tmp_path / "b.xlsx")
    assert failed(tmp_path / "b.xlsx") == "empty_file"


HOSTILE: list[tuple[str, dict[str, bytes]]] = [
    ("external_links", {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    ("external_links", {"xl/connections.xml": b"<connections/>"}),
    ("bomb", {"xl/media/x.bin": b"\0" * (sheet_limits.SMALL + 1)}),
    ("not_a_workbook", {"xl/workbook.xml": b"<nothing/>"}),
    ("not_a_workbook", {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
    (
        "not_a_workbook",
        {"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'},
    ),
    ("not_a_workbook", {"xl/sharedStrings.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><sst/>'.encode("utf-16")}),
]


@pytest.mark.parametrize(("code", "changes"), HOSTILE)
def test_a_treacherous_workbook_is_refused_as_a_whole(tmp_path: Path, code: str, changes: dict[str, bytes]) -> None:
    assert failed(rewrapped(workbook(tmp_path / "a.xlsx", MUG), changes)) == code


def test_a_protected_or_old_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000)
    assert failed(tmp_path / "a.xlsx") == "encrypted"

    file = workbook(tmp_path / "b.xlsx", MUG)
    content = bytearray(file.read_bytes())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):  # say in every header that the entry is encrypted
        start = content.find(mark)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(mark, start + 4)
    file.write_bytes(content)
    assert failed(file) == "encrypted"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"external_id,title_en\n", b"<html>", b"\0" * 99])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)

    assert failed(tmp_path / "a.xlsx") == ("not_a_workbook" if content else "empty_file")


def test_a_wrapping_of_too_many_entries_is_refused(tmp_path: Path) -> None:
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as new:
        for number in range(sheet_limits.MOST_ENTRIES + 1):
            new.writestr(f"x/{number}", b"")
    (tmp_path / "a.xlsx").write_bytes(inside.getvalue())

    assert failed(tmp_path / "a.xlsx") == "bomb"


def test_a_row_at_the_end_of_the_world_does_not_keep_the_reader_busy(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", MUG)
    far = sheet_of(file).replace(b'<row r="2"', b'<row r="99999999999"')

    assert take(rewrapped(file, {"xl/worksheets/sheet1.xml": far})).status in ImportStatus.values
    assert not Product.objects.exists()


def test_a_reader_that_runs_out_of_its_means_is_stopped_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    greedy = tmp_path / "child.py"
    greedy.write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nprint('[1, []]', flush=True)\n"
        "while True: pass\n"
    )
    monkeypatch.setattr(workbooks, "_CHILD", greedy)

    assert failed(workbook(tmp_path / "a.xlsx", MUG)) == "too_heavy"


def test_the_reader_has_no_environment_files_or_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nosy = tmp_path / "child.py"
    real = Path(workbooks.__file__).with_name("child.py")
    nosy.write_text(
        f"import sys, os, json, runpy, socket\nsys.argv = ['x']\nchild = runpy.run_path({str(real)!r})\n"
        "child['_load_everything']()\nchild['shut_the_door']()\nfound = []\n"
        "try:\n    open('/etc/hostname'); found.append('file')\nexcept OSError: pass\n"
        "try:\n    socket.socket(); found.append('socket')\nexcept OSError: pass\n"
        "found += [name for name in os.environ if name not in ('LC_CTYPE',)]\n"
        "print(json.dumps([1, found]) + '\\n\\n' + json.dumps({'end': True}))\n"
    )
    monkeypatch.setattr(workbooks, "_CHILD", nosy)

    sheet = workbooks.read_sheet(workbook(tmp_path / "a.xlsx", MUG))

    assert list(sheet.lines()) == [(1, [])]


def test_a_workbook_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caigou.catalogue.services.imports.run.BATCH", 10)
    file = workbook(tmp_path / "a.xlsx", *[[f"M-{n}", *MUG[1:]] for n in range(25)])

    def stop(done: int, _total: int | None) -> None:
        if done == 10:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        take(file, progress=stop)
    run = take(file)

    assert (ImportRun.objects.count(), run.status, run.products_new, run.rows_read) == (1, ImportStatus.DONE, 25, 25)
