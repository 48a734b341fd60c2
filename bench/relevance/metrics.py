"""The measures of a ranking, as trec_eval defines them; each is between 0 and 1, and more is better.

A good counts as relevant from grade 2 on ("would do"); only nDCG looks at the grades themselves, with the grade as
gain. What nobody judged counts as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log2
from statistics import fmean

#: From this grade on a good answers the query.
RELEVANT = 2

Grades = Mapping[str, int]
Ranking = Sequence[str]


def ndcg(ranking: Ranking, grades: Grades, depth: int = 10) -> float:
    """Return the discounted gain of the first ``depth`` places, divided by that of the best order there is.

    >>> ndcg(["b", "a"], {"a": 3, "b": 3}), round(ndcg(["x", "a"], {"a": 3}), 4)
    (1.0, 0.6309)
    """
    best = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain(grades.get(good, 0) for good in ranking[:depth]) / best if best else 0.0


def _gain(grades: Iterable[int]) -> float:
    return sum(grade / log2(place + 1) for place, grade in enumerate(grades, start=1))


def reciprocal_rank(ranking: Ranking, grades: Grades, depth: int = 10) -> float:
    """Return 1 / the place of the first relevant good, 0 beyond ``depth``."""
    places = (place for place, good in enumerate(ranking[:depth], start=1) if grades.get(good, 0) >= RELEVANT)
    return 1 / next(places, float("inf"))


def recall(ranking: Ranking, grades: Grades, depth: int) -> float:
    """Return which part of the relevant goods is among the first ``depth``."""
    relevant = {good for good, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0


def success(ranking: Ranking, grades: Grades, depth: int = 5) -> float:
    """Return 1 when any of the first ``depth`` is relevant, else 0."""
    return float(any(grades.get(good, 0) >= RELEVANT for good in ranking[:depth]))


MEASURES: Mapping[str, Callable[[Ranking, Grades], float]] = {
    "ndcg@10": ndcg,
    "mrr@10": reciprocal_rank,
    "success@5": success,
    "recall@5": lambda ranking, grades: recall(ranking, grades, 5),
    "recall@100": lambda ranking, grades: recall(ranking, grades, 100),
}


def measured(ranking: Ranking, grades: Grades) -> dict[str, float]:
    """Return every measure of one answer."""
    return {name: measure(ranking, grades) for name, measure in MEASURES.items()}


def averaged(answers: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each measure over the queries, to three decimals: further ones are noise."""
    return {name: round(fmean(answer[name] for answer in answers), 3) for name in MEASURES}
