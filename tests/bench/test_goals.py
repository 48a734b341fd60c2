"""The one table of search's goals says what was found, and never that a goal holds which nobody measured."""

from __future__ import annotations

from bench import goals

REPORT = """<testsuites><testsuite>
<testcase name="test_a[tantivy-mug]"/><testcase name="test_a[opensearch-mug]"><failure/></testcase>
<testcase name="test_b[tantivy]"/><testcase name="test_b[opensearch]"><skipped/></testcase><testcase name="test_c"/>
</testsuite></testsuites>"""


def held(found: object) -> dict[str, bool]:
    return {goal.name: goal.held for goal in found}  # type: ignore[attr-defined]


def test_each_engine_must_keep_enough_cases_of_the_contract_and_fail_none() -> None:
    cases = goals.cases_of(REPORT)
    assert cases == {("tantivy", True): 2, ("opensearch", False): 2}
    both = {("tantivy", True): goals.CASES, ("opensearch", True): goals.CASES}
    assert held(goals._of_contract(both)) == {"contract on tantivy": True, "contract on opensearch": True}
    assert not any(held(goals._of_contract({**both, **cases, ("tantivy", False): 1})).values())
    assert not any(held(goals._of_contract({})).values())


def test_a_goal_that_was_not_measured_is_missed() -> None:
    assert set(held(goals._of_public([])).values()) == {False}
    ahead = {"goals": {"homedepot, nDCG@10 ahead of plain BM25": {"found": 0.112, "goal": 0.1, "held": True}}}
    assert set(held(goals._of_public([ahead])).values()) == {True}
    alone = {"goals": {}, "sets": [{"set": "demo"}]}
    assert set(held(goals._of_relevance(alone)).values()) == {False}, "one engine has nothing in common with none"
    both = {"goals": {}, "sets": [{"set": "demo", "top_ten_in_common": 0.99}]}
    assert set(held(goals._of_relevance(both)).values()) == {True}


def test_each_goal_of_the_million_is_told_with_its_figure() -> None:
    told = {"products": 1_000_000, "goals": {"size_mb": 200, "visible_ms": 1_000}, "missed": ["visible_ms"]}
    first, second = goals._of_million({**told, "reached": {"size_mb": 148.2, "visible_ms": 1_200}})
    assert (first.name, first.found, first.goal, first.held) == ("1,000,000 products: size_mb", "148.2", "≤ 200", True)
    assert not second.held
