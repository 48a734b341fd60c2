"""The demonstration catalogue and real giftware titles: does a person find the goods?"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

import caigou
from caigou.search.ports import Document, Index, Query, Step
from caigou.search.tests.engines import opened

DEMO = Path(caigou.__file__).parent / "demo" / "data"
REAL = "uci_online_retail_2011-11.csv.gz"


def demo_goods() -> list[Document]:
    categories = {row["slug"]: row for row in _rows("categories.jsonl")}
    return [
        Document(
            id=number,
            title_en=row["title_en"],
            title_zh=row["title_zh"],
            description=f"{row['description_en']}\n{row['description_zh']}",
            attributes=" ; ".join(
                [categories[row["category"]]["name_en"], categories[row["category"]]["name_zh"]]
                + [value for entry in row["attributes"] for value in (entry["value_en"], entry["value_zh"])]
            ),
            external_id=row["external_id"],
            moq=row["moq"],
            steps=[Step(1, 100)],
        )
        for number, row in enumerate(_rows("catalogue.jsonl"), start=1)
    ]


def _rows(name: str) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in (DEMO / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    made = opened("tantivy", tmp_path_factory.mktemp("demo"))
    made.rebuild(demo_goods())
    return made


def place_of(index: Index, text: str, wanted: Iterable[int]) -> int | None:
    """The place, from 1, of the first wanted product among the first five."""
    ids = index.search(Query(text=text, size=5)).ids
    return next((place for place, found in enumerate(ids, start=1) if found in set(wanted)), None)


def test_every_demo_product_is_first_for_its_own_titles(index: Index) -> None:
    for document in demo_goods():
        for title in (document.title_en, document.title_zh):
            assert place_of(index, title, [document.id]) == 1, title


@pytest.mark.parametrize("which", ["title_en", "title_zh"])
def test_demo_goods_with_one_title_only_are_found_by_the_other_one(which: str, tmp_path: Path) -> None:
    """A harder question than a person's: the whole title in the language that the goods don't have."""
    goods = demo_goods()
    made = opened("tantivy", tmp_path)
    made.rebuild(
        Document(id=one.id, steps=one.steps, **{which: getattr(one, which)})  # no description, no attributes
        for one in goods
    )
    other = "title_zh" if which == "title_en" else "title_en"
    found = sum(bool(place_of(made, " ".join(getattr(one, other).split()[:2]), [one.id])) for one in goods)
    assert found / len(goods) >= 0.4


# --- real titles --------------------------------------------------------------------------------------------------------
#: Chinese questions, and a word of the titles that answer them.
QUESTIONS: Sequence[tuple[str, str]] = (
    ("圣诞", "CHRISTMAS"), ("灯笼", "LANTERN"), ("饭盒", "LUNCH BOX"), ("蛋糕架", "CAKESTAND"), ("彩旗", "BUNTING"),
    ("烛台", "T-LIGHT"), ("马克杯", "MUG"), ("热水袋", "HOT WATER BOTTLE"), ("雨伞", "UMBRELLA"), ("相框", "PHOTO FRAME"),
    ("抱枕", "CUSHION"), ("项链", "NECKLACE"), ("手链", "BRACELET"), ("耳环", "EARRINGS"), ("钱包", "PURSE"),
    ("围裙", "APRON"), ("门垫", "DOORMAT"), ("闹钟", "ALARM CLOCK"), ("拼图", "JIGSAW"), ("购物袋", "SHOPPER"),
    ("陶瓷碗", "CERAMIC BOWL"), ("铅笔", "PENCIL"), ("贴纸", "STICKER"), ("包装纸", "WRAP"), ("餐巾", "NAPKIN"),
    ("花盆", "PLANT POT"), ("挂钩", "HOOK"), ("收纳盒", "STORAGE"), ("扑克牌", "PLAYING CARDS"), ("跳绳", "SKIPPING ROPE"),
    ("聖誕裝飾", "CHRISTMAS DECORATION"), ("心形挂饰", "HANGING HEART"), ("复古闹钟", "ALARM CLOCK"), ("红色马克杯", "MUG"),
)  # fmt: skip


@pytest.mark.real_data
@pytest.mark.slow
def test_chinese_questions_find_real_english_giftware(real_data: Path, tmp_path: Path) -> None:
    with gzip.open(real_data / REAL, "rt", encoding="utf-8") as lines:
        titles = sorted({row["Description"].strip() for row in csv.DictReader(lines) if row["Description"].strip()})
    made = opened("tantivy", tmp_path)
    made.rebuild(Document(id=number, title_en=title) for number, title in enumerate(titles))
    missed = []
    for question, answer in QUESTIONS:
        wanted = [number for number, title in enumerate(titles) if set(answer.split()) <= set(title.upper().split())]
        wanted += [number for number, title in enumerate(titles) if answer in title.upper()]
        if not place_of(made, question, wanted):
            missed.append(question)
    assert not missed
