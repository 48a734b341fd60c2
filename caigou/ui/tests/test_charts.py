"""Charts say what their figures say: lengths on one scale that begins at zero, steps where the balance moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from caigou.kernel.money import Money
from caigou.ui.charts import balance_of, bar_rows, bar_rows_by_worth

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def yuan(*minors: int) -> list[Money]:
    return [Money(minor, "CNY") for minor in minors]


def moved(days: tuple[int, ...], *minors: int) -> list[tuple[datetime, Money]]:
    return [(DAY + timedelta(days=day), after) for day, after in zip(days, yuan(*minors), strict=True)]


def spans(*minors: int) -> list[tuple[int | None, int | None]]:
    return [(row.start, row.length) for row in bar_rows([("a", sum_) for sum_ in yuan(*minors)])]


def test_bars_share_one_scale_that_begins_at_zero() -> None:
    assert spans(400_00, 100_00, 0) == [(0, 1000), (0, 250), (0, 0)]


def test_below_zero_bars_go_the_other_way() -> None:
    assert spans(300_00, -100_00) == [(250, 750), (0, 250)]


def test_a_small_sum_can_still_be_seen_and_nothing_at_all_draws_nothing() -> None:
    assert spans(1_000_000_00, 1)[1] == (0, 4)
    assert spans(0, 0) == [(0, 0), (0, 0)]


def test_sums_of_several_currencies_are_drawn_by_their_worth_and_not_without_one() -> None:
    dollars, pounds, mark = Money(100_00, "USD"), Money(-50_00, "GBP"), Money(7_00, "KES")
    rows = bar_rows_by_worth(
        [("USD", dollars, Money(700_00, "CNY")), ("KES", mark, None), ("GBP", pounds, Money(-300_00, "CNY"))]
    )
    assert [(row.start, row.length) for row in rows] == [(300, 700), (None, None), (0, 300)]
    assert rows[1].amount == mark


def test_a_balance_steps_where_it_moved_and_goes_on_until_now() -> None:
    moved = [
        (DAY + timedelta(days=day), sum_) for day, sum_ in zip((0, 5, 10), yuan(100_00, 400_00, 200_00), strict=True)
    ]
    drawn = balance_of(moved, DAY + timedelta(days=20))
    assert drawn is not None
    assert drawn.path == "M0 75H250V0H500V50H1000"
    assert (drawn.low, drawn.high, drawn.zero) == (*yuan(100_00, 400_00), 100)


def test_a_movement_that_was_dated_back_does_not_turn_the_line_around() -> None:
    drawn = balance_of(moved((0, 10, 5), 100, 200, 300), DAY + timedelta(days=10))
    assert drawn is not None
    assert drawn.path == "M0 66H1000V33H1000V0H1000"


def test_too_few_movements_are_better_read_in_the_table() -> None:
    assert balance_of([(DAY, yuan(100)[0])] * 2, DAY + timedelta(days=1)) is None
    assert balance_of([(DAY, yuan(100)[0])] * 3, DAY) is None
