"""Files of every encoding and of bad intent: none crashes, nothing is lost, no more than a line is in memory."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
from pathlib import Path

import pytest

from caigou.catalogue.models import ImportStatus, Product
from caigou.catalogue.reasons import FILE
from caigou.catalogue.services.imports import files
from caigou.catalogue.services.imports.files import MOST_LINE
from caigou.catalogue.tests.making import HEADER, codes, product, reconciles, take, titles, write_csv, write_json

pytestmark = pytest.mark.django_db

MUG = "M-1,Mug,杯子,CNY,1,1:5.00"
BOWL = "B-1,Bowl,碗,CNY,1,1:6.00"
PLATE = "P-1,Plate,盘,CNY,1,1:7.00"


def test_a_csv_file_is_read_with_its_quotes_and_line_breaks(tmp_path: Path) -> None:
    row = '"M-1","Mug, ""large""\nand round",杯子,CNY,100,100:13.80|500:12.60'

    run = take(write_csv(tmp_path / "a.csv", row, BOWL))

    assert titles() == ["Bowl", 'Mug, "large" and round']
    assert [tier.from_quantity for tier in Product.objects.get(external_id="M-1").tiers] == [100, 500]
    assert reconciles(run)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_found_by_the_header(tmp_path: Path, separator: str) -> None:
    run = take(write_csv(tmp_path / "a.csv", MUG.replace(",", separator), header=HEADER.replace(",", separator)))

    assert (run.status, titles()) == (ImportStatus.DONE, ["Mug"])


def test_names_of_columns_need_no_exact_capitals_and_unknown_ones_are_noted(tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "a.csv", "M-1,Mug,CNY,5,4.20,red", header="External ID,TITLE_EN,Currency,moq,price,Colour"
    )

    run = take(file)

    assert codes(run) == [(1, "unknown_column")]
    assert (run.rows_read, run.rows_refused, run.rows_noted) == (1, 0, 1)
    assert [(tier.from_quantity, tier.unit_price.minor) for tier in Product.objects.get().tiers] == [(5, 4_20)]


def test_attributes_of_a_csv_are_pairs_or_json(tmp_path: Path) -> None:
    as_json = json.dumps([{"name_en": "Size", "value_en": "L"}]).replace('"', '""')
    file = write_csv(
        tmp_path / "a.csv",
        "A,Mug,,CNY,1,1:5,Material=Glass;颜色=红",
        f'B,Bowl,,CNY,1,1:5,"{as_json}"',
        header=HEADER + ",attributes",
    )

    take(file)

    assert Product.objects.get(external_id="A").attributes == [
        {"name_en": "Material", "name_zh": "", "value_en": "Glass", "value_zh": ""},
        {"name_en": "", "name_zh": "颜色", "value_en": "", "value_zh": "红"},
    ]
    assert Product.objects.get(external_id="B").attributes[0]["value_en"] == "L"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_in_each_encoding_that_a_csv_may_have(tmp_path: Path, encoding: str) -> None:
    run = take(write_csv(tmp_path / "a.csv", MUG, BOWL, encoding=encoding))

    assert list(Product.objects.order_by("external_id").values_list("title_zh", flat=True)) == ["碗", "杯子"]
    assert reconciles(run)


def test_one_line_in_another_encoding_does_not_turn_the_file(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "a.csv", MUG, BOWL)
    file.write_bytes(file.read_bytes() + PLATE.encode("gb18030") + b"\r\n")

    run = take(file)

    assert codes(run) == [(4, "not_utf8")]
    assert titles() == ["Bowl", "Mug"]


def test_json_lines_are_utf8(tmp_path: Path) -> None:
    file = write_json(tmp_path / "a.jsonl", product("A"))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes() + json.dumps(product("B"), ensure_ascii=False).encode("gbk"))

    run = take(file)

    assert codes(run) == [(2, "not_utf8")]
    assert titles() == ["Stoneware mug"]


@pytest.mark.parametrize("ending", [".csv.gz", ".CSV.GZ"])
def test_a_compressed_file_is_read_like_a_plain_one(tmp_path: Path, ending: str) -> None:
    plain = write_csv(tmp_path / "a.csv", MUG, BOWL)
    packed = tmp_path / f"b{ending}"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert (take(packed).products_new, titles()) == (2, ["Bowl", "Mug"])


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    run = take(write_csv(tmp_path / "a.csv", 'X,"Mug,杯,CNY,1,1:5', *[f"M-{n},Mug {n},,CNY,1,1:5" for n in range(300)]))

    assert codes(run) == [(2, "broken_quotes")]
    assert run.refused.get().raw == 'X,"Mug,杯,CNY,1,1:5'
    assert (run.rows_read, run.products_new) == (301, 300)
    assert reconciles(run)


def test_a_row_that_swallowed_others_gives_them_back(tmp_path: Path) -> None:
    run = take(write_csv(tmp_path / "a.csv", 'X,"Mug,杯,CNY,1,1:5', MUG, 'Y,5" pipe",管,CNY,1,1:5', BOWL))

    assert (2, "broken_quotes") in codes(run) or (2, "column_count") in codes(run)
    assert {"Bowl", "Mug"} <= set(titles())
    assert run.rows_read == 4
    assert reconciles(run)


def test_rows_with_too_few_or_too_many_cells_are_refused(tmp_path: Path) -> None:
    run = take(write_csv(tmp_path / "a.csv", "M-1,Mug", MUG + ",more", MUG + ",,,"))

    assert codes(run) == [(2, "column_count"), (3, "column_count")]
    assert "2 cells; the header has 6" in run.refused.earliest("line").reason
    assert titles() == ["Mug"]


def test_a_nul_costs_its_own_line_only_and_can_be_shown(tmp_path: Path) -> None:
    run = take(write_csv(tmp_path / "a.csv", "X,Mu\0g,杯,CNY,1,1:5", BOWL, 'Y,"Pl\0ate",盘,CNY,1,1:5'))
    more = take(write_json(tmp_path / "a.jsonl"))

    assert codes(run) == [(2, "nul"), (4, "nul")]
    assert "Mu\ufffdg" in run.refused.earliest("line").raw
    assert titles() == ["Bowl"]
    assert more.error == "empty_file"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"moq": NaN}', "not_json"),
        ('{"moq": ' + "9" * 10_000 + "}", "not_json"),
        ('{"title_en": "a\0b"}', "nul"),
        ("[1, 2]", "not_object"),
        ('"text"', "not_object"),
        ('{"a":' * 50 + "1" + "}" * 50, "missing"),
    ],
)
def test_a_line_that_is_no_json_object_is_refused(tmp_path: Path, line: str, code: str) -> None:
    file = write_json(tmp_path / "a.jsonl", product("A"))
    file.write_text(line + "\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")

    run = take(file)

    assert codes(run) == [(1, code)]
    assert (run.rows_read, run.products_new) == (2, 1)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_line_of_ten_megabytes_is_refused_without_being_held_in_memory(tmp_path: Path, name: str) -> None:
    good = MUG if name == "a.csv" else json.dumps(product("M-1", title_en="Mug"))
    file = tmp_path / name
    header = HEADER + "\n" if name == "a.csv" else ""
    file.write_text(header + '"' + "x" * (10 << 20) + "\n" + good + "\n", encoding="utf-8")

    tracemalloc.start()
    run = take(file)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [code for _line, code in codes(run)] == ["too_long"]
    assert len(run.refused.get().raw) <= 4_096
    assert titles() == ["Mug"]
    assert peak < 8 * MOST_LINE


def test_a_bomb_is_refused_before_anything_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL_UNPACKED", 1 << 20)
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(f"{HEADER}\n{MUG}\n".encode() + b"\n" * (64 << 20)))

    run = take(file)

    assert (run.status, run.error, run.rows_read) == (ImportStatus.FAILED, "bomb", 0)
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.jsonl", b"\r\n\n", "empty_file"),
        ("a.xls", b"PK\x03\x04", "unknown_format"),
        ("a.gz", gzip.compress(b"x", mtime=0), "unknown_format"),
        ("a.csv", b"PK\x03\x04\x14\x00", "another_kind"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "another_kind"),
        ("a.csv", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "another_kind"),
        ("a.jsonl", b"\x89PNG\r\n\x1a\n", "another_kind"),
        ("a.csv.gz", gzip.compress(gzip.compress(HEADER.encode())), "another_kind"),
        ("a.csv", MUG.encode(), "no_header"),
        ("a.csv", b"external_id,external_id\n", "same_columns"),
        ("a.csv", HEADER.encode("utf-16"), "utf16"),
        ("a.csv.gz", b"external_id,title_en", "damaged_gzip"),
        ("a.csv.gz", gzip.compress(random.Random(1).randbytes(9_999), mtime=0)[:5_000], "damaged_gzip"),
        ("a.csv.gz", gzip.compress(HEADER.encode(), mtime=0)[:-8] + b"\0" * 8, "damaged_gzip"),
    ],
)
def test_a_file_that_cannot_be_read_fails_as_a_whole_and_says_why(
    tmp_path: Path, name: str, content: bytes, error: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    run = take(file)

    assert (run.status, run.error) == (ImportStatus.FAILED, error)
    assert str(FILE[error][0]) in run.error_text
    assert not Product.objects.exists()


def test_a_header_alone_is_a_catalogue_without_products(tmp_path: Path) -> None:
    run = take(write_csv(tmp_path / "a.csv"))

    assert (run.status, run.rows_read, run.products_total, run.rows_total) == (ImportStatus.DONE, 0, 0, 0)


def test_a_mapping_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert take(write_csv(tmp_path / "a.csv", MUG), mapping="no-such").error == "unknown_mapping"
    assert take(write_json(tmp_path / "a.jsonl", product()), mapping="uci-online-retail").error == "unknown_mapping"


@pytest.mark.parametrize("seed", range(20))
def test_noise_of_any_kind_never_crashes_and_always_reconciles(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    lines = [bytearray(line.encode()) for line in [MUG, BOWL, PLATE, '"Q","a ""b""\nc",碗,CNY,1,1:5'] * 10]
    for line in lines:
        for _hit in range(chance.randrange(4)):
            line[chance.randrange(len(line))] = chance.choice(b'\0",\n\r\xff\xd0|:=\\{')
    file = tmp_path / "a.csv"
    file.write_bytes(HEADER.encode() + b"\n" + b"\n".join(lines))

    run = take(file)

    assert run.status == ImportStatus.DONE
    assert reconciles(run)
