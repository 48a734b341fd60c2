"""Synthetic catalogues of any size from a fixed seed, in the format of ``docs/import-format.md``.

They are for measuring only: titles are put together from words, so they say nothing about how well search finds. The
words are drawn by rank (Zipf's law), as those of real catalogues are: a few stand in a tenth of all titles, many in a
handful. ``python -m bench.synthetic 50000 FOLDER`` writes ``suppliers.jsonl`` and ``goods.jsonl``.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

SEED = 1688
Words = Sequence[tuple[str, str]]


def _words(kind: str) -> Words:
    rows = (line.split("\t") for line in (Path(__file__).parent / "words.tsv").read_text("utf-8").splitlines())
    return [(english, chinese) for of, english, chinese in rows if of == kind]


#: Most frequent first.
THINGS, MATERIALS, FEATURES, COLOURS = (_words(kind) for kind in ("thing", "material", "feature", "colour"))
PLACES = (
    ("Zhejiang", "浙江", "Yiwu", "义乌"),
    ("Guangdong", "广东", "Shenzhen", "深圳"),
    ("Fujian", "福建", "Quanzhou", "泉州"),
    ("Jiangsu", "江苏", "Suzhou", "苏州"),
    ("Shandong", "山东", "Qingdao", "青岛"),
    ("Hebei", "河北", "Baoding", "保定"),
    ("Guangdong", "广东", "Shantou", "汕头"),
    ("Zhejiang", "浙江", "Shaoxing", "绍兴"),
    ("Anhui", "安徽", "Hefei", "合肥"),
)
MOQS = (2, 10, 20, 50, 100, 100, 200, 300, 500, 1_000, 2_000)
GOODS_A_SUPPLIER = 120


def suppliers(goods: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Yield the suppliers of a catalogue of ``goods`` products, about 120 products each."""
    dice = random.Random(seed)
    for number in range(max(1, goods // GOODS_A_SUPPLIER)):
        province, province_zh, city, city_zh = dice.choice(PLACES)
        qualification = dice.choice(("none", "none", "licence_checked", "verified_factory"))
        yield {
            "key": f"synthetic-{number}",
            "name_en": f"{city} Synthetic Works {number}",
            "name_zh": f"{city_zh}合成样本{number}号厂",
            "kind": "factory" if qualification == "verified_factory" else dice.choice(("factory", "trader")),
            "province": province,
            "province_zh": province_zh,
            "city": city,
            "city_zh": city_zh,
            "years": dice.randint(1, 30),
            "qualification": qualification,
            "verified_until": "2030-12-31" if qualification != "none" else None,
        }


def goods(count: int, categories: Sequence[str] = (), seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Yield ``count`` products; the first hundred of a longer catalogue are those of a shorter one.

    ``categories`` are slugs to spread them over; without any they stand in none.
    """
    dice = random.Random(seed + 1)
    sellers = max(1, count // GOODS_A_SUPPLIER)
    pick = _by_rank(dice)
    for number in range(count):
        yield _one(number, sellers, categories, dice, pick)


class _by_rank:  # noqa: N801  used as a function that remembers its weights
    """Draw from a list so that the n-th entry comes up 1/n as often as the first."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.weights: dict[int, list[float]] = {}

    def __call__(self, words: Words) -> tuple[str, str]:
        weights = self.weights.setdefault(len(words), list(accumulate(1 / n for n in range(1, len(words) + 1))))
        return self.dice.choices(words, cum_weights=weights)[0]


def _one(number: int, sellers: int, categories: Sequence[str], dice: random.Random, pick: _by_rank) -> dict[str, Any]:
    thing, material, feature, colour = pick(THINGS), pick(MATERIALS), pick(FEATURES), dice.choice(COLOURS)
    size, moq, price = dice.randint(5, 80), dice.choice(MOQS), dice.randint(50, 9_000)
    pieces, side = dice.choice((6, 10, 12, 20, 24, 50)), dice.randint(250, 600)
    return {
        "external_id": f"SYN-{number}",
        "supplier": f"synthetic-{dice.randrange(sellers)}",
        "title_en": f"{feature[0].capitalize()} {material[0]} {thing[0]}, {colour[0]}, {size} cm, model {number}",
        "title_zh": f"{feature[1]}{material[1]}{thing[1]} {colour[1]} {size}厘米 型号{number}",
        "description_en": f"A {feature[0]} {thing[0]} made of {material[0]}, for trade customers.",
        "description_zh": f"{material[1]}{thing[1]}，{feature[1]}，支持批发。",
        "category": dice.choice(categories) if categories else "",
        "unit": "piece",
        "currency": "CNY",
        "moq": moq,
        "order_multiple": 1,
        "tiers": [
            {"from": moq * times, "price": f"{price * off // 10_000}.{price * off // 100 % 100:02d}"}
            for times, off in ((1, 110), (5, 104), (20, 100))
        ],
        "lead_days": dice.choice((None, 3, 7, 15, 25, 40)),
        "carton": {
            "pieces": pieces,
            "length_mm": side,
            "width_mm": side - 50,
            "height_mm": side - 100,
            "weight_g": pieces * dice.randint(80, 600),
        },
        "attributes": [
            {"name_en": "Material", "name_zh": "材质", "value_en": material[0], "value_zh": material[1]},
            {"name_en": "Colour", "name_zh": "颜色", "value_en": colour[0], "value_zh": colour[1]},
        ],
        "hue": number % 12,
    }


def write(count: int, folder: Path, categories: Sequence[str] = (), seed: int = SEED) -> tuple[Path, Path]:
    """Write both files below ``folder`` and return their paths: suppliers, goods."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "suppliers.jsonl", folder / "goods.jsonl"
    for path, rows in zip(paths, (suppliers(count, seed), goods(count, categories, seed)), strict=True):
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return paths


def queries(count: int, seed: int = SEED) -> list[str]:
    """Return what people would type into such a catalogue: one to three words drawn by rank, English or Chinese.

    Some come again, as some questions do.
    """
    dice = random.Random(seed + 2)
    pick = _by_rank(dice)
    found = []
    for number in range(count):
        words = [pick(THINGS)]
        if number % 3:
            words.insert(0, pick(MATERIALS))
        if number % 5 == 0:
            words.insert(0, pick(FEATURES))
        found.append(_typed(words, is_chinese=number % 2 == 0))
    return found


def different_queries(count: int, seed: int = SEED) -> list[str]:
    """Return as many questions of two or three words of which none comes twice."""
    every = [
        _typed(words, is_chinese=is_chinese)
        for thing in THINGS
        for material in MATERIALS
        for words in ([material, thing], *([feature, material, thing] for feature in FEATURES))
        for is_chinese in (False, True)
    ]
    random.Random(seed + 3).shuffle(every)
    return list(dict.fromkeys(every))[:count]


def _typed(words: Sequence[tuple[str, str]], *, is_chinese: bool) -> str:
    return ("" if is_chinese else " ").join(word[is_chinese] for word in words)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
