"""Files as they really come, and as somebody would make them who means harm: each survived or refused with its mend."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from caigou.catalogue.models import ImportRun, ImportStatus, Product
from caigou.catalogue.services.imports import import_file
from caigou.catalogue.tests.making import (
    HEADER,
    codes,
    product,
    reconciles,
    seller,
    take,
    titles,
    write_csv,
    write_json,
)
from caigou.catalogue.tests.test_import_workbooks import MUG as MUG_CELLS
from caigou.catalogue.tests.test_import_workbooks import rewrapped, sheet_of, workbook
from caigou.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MUG = "M-1,Mug,青花瓷马克杯,CNY,240,240:13.80|720:12.60"
BOWL = "M-2,Bowl,碗,CNY,24,24:5"
UTF8, GB, DOUBLE = b"\xef\xbb\xbf", b"\x84\x31\x95\x33", b"\xef\xbb\xbf\xef\xbb\xbf"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def table(*lines: str, header: str = HEADER, end: str = "\r\n") -> str:
    return end.join([header, *lines, ""])


def says_why(run: ImportRun) -> bool:
    """Whoever reads the report learns what to do about everything in it."""
    return all(row.reason and row.mend for row in run.refused.all()) and bool(run.error_text) == bool(run.error)


@pytest.mark.parametrize("mark", [b"", UTF8, DOUBLE, GB])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk"])
def test_chinese_text_is_read_whatever_the_marks_declare(tmp_path: Path, mark: bytes, encoding: str) -> None:
    """GB18030 under a byte-order mark of UTF-8 is what some programs save as "UTF-8"."""
    run = take(written(tmp_path / "a.csv", mark + table(MUG, BOWL).encode(encoding)))

    assert codes(run) == []
    assert Product.objects.get(external_id="M-1").title_zh == "青花瓷马克杯"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_of_two_or_four_bytes_is_named_for_what_it_is(tmp_path: Path, encoding: str) -> None:
    run = take(written(tmp_path / "a.csv", table(MUG).encode(encoding)))

    assert (run.status, run.error) == (ImportStatus.FAILED, "utf16")
    assert "UTF-8" in run.error_text


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_the_line_by_which_excel_names_its_separator_is_no_header(tmp_path: Path, separator: str) -> None:
    lines = [f"sep={separator}", HEADER.replace(",", separator), MUG.replace(",", separator)]

    assert codes(take(written(tmp_path / "a.csv", "\r\n".join(lines).encode()))) == []
    assert titles() == ["Mug"]


def test_broken_quotes_cost_their_own_line(tmp_path: Path) -> None:
    bad = ['M-3,"Mug 5" tall,杯,CNY,1,1:5', 'M-4,"never closed,杯,CNY,1,1:5', 'M-5,a"b,杯,CNY,1,1:5']
    run = take(write_csv(tmp_path / "a.csv", MUG, *bad, BOWL))

    assert reconciles(run)
    assert says_why(run)
    assert {"M-1", "M-2"} <= set(Product.objects.values_list("external_id", flat=True))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_cell_of_ten_megabytes_costs_its_own_line(tmp_path: Path, name: str) -> None:
    long = "x" * (10 << 20)
    text = table(MUG.replace("Mug", long), BOWL)
    if name == "a.jsonl":
        good = {"external_id": "M-2", "title_en": "Bowl", "currency": "CNY", "moq": 1, "price": "5"}
        text = f'{{"external_id": "M-1", "title_en": "{long}"}}\n{json.dumps(good)}\n'

    run = take(written(tmp_path / name, text.encode()))

    assert [code for _line, code in codes(run)] == ["too_long"]
    assert titles() == ["Bowl"]


def test_a_cell_of_ten_megabytes_in_a_workbook_costs_its_own_row(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", ["M-1", "placeholder", *MUG_CELLS[2:]], ["M-2", *MUG_CELLS[1:]])
    # Random enough that it is no bomb: the same letter ten million times would be refused as one.
    long = "".join(f"{number:x}" for number in range(1_700_000)).encode()
    rewrapped(file, {"xl/worksheets/sheet1.xml": sheet_of(file).replace(b"placeholder", long)})

    run = take(file)

    assert codes(run) == [(2, "field_too_long")]
    assert titles() == ["Mug"]


@pytest.mark.parametrize("value", ["6.90123E+12", "6,9E+11", "7e+15"])
def test_a_number_that_a_spreadsheet_has_shortened_names_nothing(tmp_path: Path, value: str) -> None:
    run = take(write_csv(tmp_path / "a.csv", f'"{value}",Mug,杯,CNY,1,1:5', BOWL))

    assert codes(run) == [(2, "shortened_number")]
    assert says_why(run)


@pytest.mark.parametrize("value", ["1.2E+03", "1e3", "١٢", "12_000", "0x10", "12.0.0", "--5", "５", "∞", "NaN"])
def test_numbers_in_strange_clothes_are_refused_and_never_guessed(tmp_path: Path, value: str) -> None:
    run = take(write_csv(tmp_path / "a.csv", f"M-1,Mug,杯,CNY,{value},1:5", f"M-2,Mug,杯,CNY,1,1:{value}"))

    assert [code for _line, code in codes(run)] == ["bad_number", "bad_price"]
    assert says_why(run)


def test_a_bomb_of_gzip_and_a_file_of_another_kind_are_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a," * (1 << 26), 9)
    assert take(written(tmp_path / "a.csv.gz", bomb)).error == "bomb"
    nested = gzip.compress(gzip.compress(table(MUG).encode()))
    assert take(written(tmp_path / "b.csv.gz", nested)).status == ImportStatus.FAILED
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as new:
        new.writestr("../../etc/goods.csv", table(MUG))
    for name in ("c.zip", "goods.csv"):
        run = take(written(tmp_path / name, (tmp_path / "c.zip").read_bytes()))
        assert run.status == ImportStatus.FAILED
        assert says_why(run)
    assert not Product.objects.exists()


def test_a_workbook_inside_a_workbook_is_only_a_workbook(tmp_path: Path) -> None:
    inner = workbook(tmp_path / "inner.xlsx", ["EVIL", *MUG_CELLS[1:]]).read_bytes()
    file = rewrapped(workbook(tmp_path / "a.xlsx", MUG_CELLS), {"xl/embeddings/inner.xlsx": inner, "../x.csv": b"x"})

    assert codes(take(file)) == []
    assert [product.external_id for product in Product.objects.all()] == ["M-1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "inner.xlsx"]


def test_merged_cells_hold_their_value_once(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    file = workbook(tmp_path / "a.xlsx", MUG_CELLS, ["M-2", *MUG_CELLS[1:]])
    book = load_workbook(file)
    book.active.merge_cells("D2:D3")
    book.save(file)

    run = take(file)

    assert codes(run) == [(3, "missing")]
    assert "currency" in run.refused.get().reason


@pytest.mark.parametrize("header", [f"{HEADER},moq", f"{HEADER},MOQ ", "", ",,,,", "\x00\x01"])
def test_a_header_that_names_nothing_or_twice_refuses_the_file(tmp_path: Path, header: str) -> None:
    run = take(written(tmp_path / "a.csv", f"{header}\r\n{MUG}\r\n".encode()))

    assert run.status == ImportStatus.FAILED
    assert says_why(run)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r\r\n", "\r"])
def test_any_end_of_a_line_ends_it(tmp_path: Path, end: str) -> None:
    run = take(written(tmp_path / "a.csv", table(MUG, BOWL, end=end).encode()))

    assert codes(run) == []
    assert run.products_new == 2


@pytest.mark.parametrize("way", ["two sellers, one source", "one seller by two names of its source"])
def test_one_product_named_twice_in_a_file_is_taken_once(tmp_path: Path, way: str) -> None:
    """The two rows meet in one statement of SQL, which can't write a row twice and stopped the whole import."""
    first, second = seller("A"), seller("B")
    same = {"supplier": "A", "source": f"supplier:{first.public_id}"}
    others = [{"supplier": "B", "source": "s"}, {"supplier": "A", "source": "s"}]
    rows = others if way.startswith("two") else [{"supplier": "A"}, same]
    run = import_file(write_json(tmp_path / "a.jsonl", *(product("X", **row) for row in rows)), by=SYSTEM)

    assert codes(run) == [(2, "taken_by_other" if way.startswith("two") else "duplicate")]
    assert Product.objects.get().supplier == (second if way.startswith("two") else first)
    assert says_why(run)
    assert reconciles(run)


@pytest.mark.parametrize("title", ["\u200d\u2060", "\u3164", "\u00ad\u061c\u200f", "\u2028 \U000e0041", "★ – ★"])
def test_a_title_that_nobody_can_read_is_none(tmp_path: Path, title: str) -> None:
    run = take(write_json(tmp_path / "a.jsonl", product(title_en=title, title_zh=None)))

    assert codes(run) == [(1, "no_title")]


def test_what_an_object_of_the_wrong_kind_says_is_noted_and_not_passed_over(tmp_path: Path) -> None:
    wrong: dict[str, Any] = {"carton": [24], "sample": "yes", "rating": {"average": "4.7", "count": 3, "stars": 5}}
    run = take(write_json(tmp_path / "a.jsonl", product(**wrong)))

    assert [row.params["field"] for row in run.refused.all()] == ["carton", "sample", "rating.stars"]
    assert (run.products_new, run.rows_noted) == (1, 3)
