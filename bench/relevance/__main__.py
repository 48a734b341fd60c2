"""How well search finds: judged sets asked of our search and of plain ones. Tables, and one line of JSON.

``python -m bench.relevance`` asks our own set over the goods of the demonstration, its English queries of the goods'
Chinese alone, and for known items. docs/measuring.md describes the format of a set of your own and the public sets
that can be read (``--set own --folder DIR``).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from bench.relevance import known_item
from bench.relevance.goals import Goals, goals_of, known_item_goals
from bench.relevance.house import house
from bench.relevance.judged_sets import OURS, READ, JudgedSet
from bench.relevance.run import measure
from bench.relevance.show import show, show_goals, show_worst


def main() -> int:
    """Measure what the command line asks for; 1 when a goal is missed."""
    asked = _arguments()
    result: dict[str, Any] = {"sets": [], "known_item": {}}
    goals: Goals = {}
    if asked.meaning:
        os.environ["CAIGOU_SEARCH_MEANING"] = "yes"
    with house() as database:
        for judged in _sets(asked):
            told = measure(judged, database, half=asked.half, plain=not asked.only_ours, meaning=asked.meaning)
            goals |= goals_of(told)
            show(told)
            show_worst(told, asked.worst)
            result["sets"].append({name: value for name, value in told.items() if name != "worst"})
    if asked.name is None and asked.half is None:
        result["known_item"] = known_item.figures()
        goals |= known_item_goals(result["known_item"])
    show_goals(goals)
    print(json.dumps({**result, "goals": goals}, ensure_ascii=False))
    return int(not all(goal["held"] for goal in goals.values()))


def _sets(asked: argparse.Namespace) -> list[JudgedSet]:
    if asked.name is None:
        return [make() for make in OURS.values()]
    return [READ[asked.name](asked.folder) if asked.name in READ else OURS[asked.name]()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance", description=__doc__)
    parser.add_argument("--set", choices=(*OURS, *READ), dest="name", help="only this one")
    parser.add_argument("--folder", type=Path, help="where the files of a set lie that isn't ours")
    parser.add_argument("--half", choices=("tuning", "unseen"), help="ask only the queries of this half")
    parser.add_argument("--worst", type=int, default=0, help="show so many queries of the tuning half that fail")
    parser.add_argument("--only-ours", action="store_true", help="leave the plain searches out")
    parser.add_argument("--meaning", action="store_true", help="with goods near in meaning, too (docs/decisions/0044)")
    asked = parser.parse_args()
    if asked.name in READ and asked.folder is None:
        parser.error(f"--set {asked.name} needs --folder")
    if asked.meaning and asked.name in ("wands", "homedepot"):
        parser.error("--meaning needs goods that are imported: demo, demo-zh or own")
    return asked


if __name__ == "__main__":
    sys.exit(main())
