"""The commands for goods, as a person or a script types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

_GOODS = """\
{"external_id": "M-1", "title_en": "Stoneware mug", "title_zh": "陶瓷马克杯", "moq": 24, "order_multiple": 12, \
"currency": "CNY", "unit": "piece", "tiers": [{"from": 24, "price": "8.50"}, {"from": 240, "price": "7.20"}]}
{"external_id": "M-2", "title_en": "A mug without a price"}
"""


def test_goods_are_imported_and_found_in_both_languages(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "goods.jsonl"
    file.write_text(_GOODS, encoding="utf-8")

    imported = installation.command("import", str(file), "--supplier", "Longquan Kilns", "--json")
    assert imported.returncode == 0, imported.stderr
    report = json.loads(imported.stdout)
    assert report["rows"] == {"read": 2, "accepted": 1, "refused": 1}
    assert report["products"]["new"] == 1
    assert [(row["line"], bool(row["reason"])) for row in report["reported"]] == [(2, True)]

    for words in ("mug", "马克杯", "stonewaer"):
        found = installation.command("search", words, "--json", "--quantity", "240")
        assert found.returncode == 0, found.stderr
        told = json.loads(found.stdout)
        assert told["corrected"] == ("stoneware" if words == "stonewaer" else None)
        [product] = told["products"]
        assert product["id"]
        assert (product["title_en"], product["title_zh"]) == ("Stoneware mug", "陶瓷马克杯")
        assert (product["moq"], product["supplier"]) == (24, "Longquan Kilns")
        assert product["price"] == {"amount": "7.20", "currency": "CNY"}

    again = json.loads(installation.command("import", str(file), "--supplier", "Longquan Kilns", "--json").stdout)
    assert again["products"] == {"new": 0, "changed": 0, "unchanged": 1}


def test_the_catalogue_is_exported_and_taken_in_again(installation: Installation, tmp_path: Path) -> None:
    goods, out = tmp_path / "goods.jsonl", tmp_path / "out.xlsx"
    goods.write_text(_GOODS.splitlines()[0], encoding="utf-8")
    installation.command("import", str(goods), "--supplier", "Longquan Kilns", "--json")

    written = installation.command("export", str(out), "--json")

    assert written.returncode == 0, written.stderr
    count = json.loads(written.stdout)["products"]
    again = json.loads(installation.command("import", str(out), "--json").stdout)
    assert again["products"] == {"new": 0, "changed": 0, "unchanged": count}
    assert again["reported"] == []
    refused = installation.command("export", str(out))
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
    assert installation.command("export", str(out), "--force", "--supplier", "Longquan Kilns").returncode == 0
    assert installation.command("export", str(tmp_path / "out.pdf")).returncode == 2


def test_what_a_file_says_is_no_command_to_the_terminal(installation: Installation, tmp_path: Path) -> None:
    """``[/b]`` closes what nobody opened: showing the report, or what was found, ended with a fault."""
    good = {"external_id": "[/b]", "title_en": "[/b] [red]quizzlewood[/red]", "currency": "CNY", "moq": 1, "price": "5"}
    file = tmp_path / "[bold].jsonl"
    file.write_text(f"{json.dumps(good)}\n{json.dumps({**good, 'external_id': 'B', 'moq': '[/b]'})}\n")

    imported = installation.command("import", str(file), "--supplier", "[/b] Kilns")
    found = installation.command("search", "quizzlewood", "--exact")

    assert (imported.returncode, found.returncode) == (0, 0), imported.stderr + found.stderr
    assert "“[/b]”" in imported.stdout
    assert "[/b]" in found.stdout


def test_the_index_is_built_anew(installation: Installation) -> None:
    result = installation.command("reindex")
    assert result.returncode == 0, result.stderr
    assert "0 goods" in result.stdout
    assert json.loads(installation.command("reindex", "--json").stdout) == {"goods": 0}


def test_a_file_that_is_no_catalogue_is_refused_with_one_sentence(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG")
    result = installation.command("import", str(file))
    assert result.returncode == 2
    assert "picture.png" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.real_data
def test_a_real_wholesale_file_becomes_goods(installation: Installation, real_data: Path) -> None:
    result = installation.command(
        "import", str(real_data / "uci_online_retail_2011-11.csv.gz"), "--supplier", "Gift Wholesale", "--json"
    )
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["products"]["new"] > 2_000
    assert report["rows"]["read"] == report["rows"]["accepted"] + report["rows"]["refused"]
    found = json.loads(installation.command("search", "christmas", "--json", "--limit", "5").stdout)
    assert found["total"] > 10
    assert len(found["products"]) == 5


def test_the_first_of_the_staff_gets_a_seat(installation: Installation) -> None:
    result = installation.command("seat", "Mei@Example.com", "--staff", "--name", "Mei Chen")
    assert result.returncode == 0, result.stderr
    assert "mei@example.com sits at Caigou as staff" in result.stdout
    assert installation.command("seat", "mei@example.com").returncode == 2
    refused = installation.command("seat", "mei", "--supplier", "Longquan Kilns")
    assert refused.returncode == 2
    assert refused.stderr.strip() == "mei is not an e-mail address."
