"""What search is held to (search.md, "Goals"), always on queries that nobody looked at while building it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.relevance import known_item
from bench.relevance.engines import OURS

#: By which part our nDCG@10 must be above plain BM25's on a public English set.
AHEAD = 0.10
#: English asked of goods that know only Chinese.
ACROSS = {"success@5": 0.80, "recall@5": 0.70}

Goals = dict[str, dict[str, Any]]


def goals_of(told: Mapping[str, Any]) -> Goals:
    """Return the goals that the figures of one judged set tell, each with what was found and whether it is held."""
    finders = told["finders"]
    if "unseen" not in finders[OURS]:
        return {}
    ours = finders[OURS]["unseen"]["all"]
    goals: Goals = {}
    if told["set"] == "demo-zh":
        for measure, goal in ACROSS.items():
            goals[f"English to Chinese, {measure}"] = _goal(ours[measure], goal)
    if told["set"] in ("homedepot", "wands") and "plain BM25" in finders:
        plain = finders["plain BM25"]["unseen"]["all"]["ndcg@10"]
        goals[f"{told['set']}, nDCG@10 ahead of plain BM25"] = _goal(round(ours["ndcg@10"] / plain - 1, 3), AHEAD)
    return goals


def known_item_goals(figures: Mapping[str, float]) -> Goals:
    """Return the goals of finding a known Chinese title."""
    return {
        f"known item, {kind}, MRR@10": _goal(figures[kind], goal)
        for kind, goal in known_item.GOALS.items()
        if goal is not None
    }


def _goal(found: float, goal: float) -> dict[str, Any]:
    return {"found": found, "goal": goal, "held": found >= goal}
